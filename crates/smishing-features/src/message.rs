use alloc::string::String;

/// A message to classify: its text, and the sender's name or number where it is known.
///
/// The sender is what the phone shows above the text: a short code (`22395`), an alphanumeric name (`AMAZON`,
/// `VM-HDFCBK`), a telephone number or an e-mail address.
///
/// ```
/// use smishing_features::Message;
/// let message = Message::new("Your parcel is at locker 14.").with_sender("ParcelCo");
/// assert_eq!(message.sender(), Some("ParcelCo"));
/// assert_eq!(Message::from("hi").sender(), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Message<'a> {
    text: &'a str,
    sender: Option<&'a str>,
    country: Option<&'a str>,
}

impl<'a> Message<'a> {
    /// A message of an unknown sender.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self {
            text,
            sender: None,
            country: None,
        }
    }

    /// The same message with its sender; an empty or blank sender counts as unknown.
    #[must_use]
    pub fn with_sender(self, sender: &'a str) -> Self {
        let sender = sender.trim();
        Self {
            sender: (!sender.is_empty()).then_some(sender),
            ..self
        }
    }

    /// The same message with the country in which it was received (ISO 3166-1 alpha-2), so that senders' numbers from
    /// elsewhere are seen; without it they are seen only beside the name of a brand of some countries alone.
    ///
    /// ```
    /// use smishing_features::Message;
    /// let message = Message::new("Call me").with_sender("+63 917 000 0000").with_country("US");
    /// assert_eq!(message.country(), Some("US"));
    /// ```
    #[must_use]
    pub fn with_country(self, country: &'a str) -> Self {
        let country = country.trim();
        Self {
            country: (!country.is_empty()).then_some(country),
            ..self
        }
    }

    /// The text as received.
    #[must_use]
    pub const fn text(&self) -> &'a str {
        self.text
    }

    /// The sender, where known.
    #[must_use]
    pub const fn sender(&self) -> Option<&'a str> {
        self.sender
    }

    /// The country in which it was received, where known.
    #[must_use]
    pub const fn country(&self) -> Option<&'a str> {
        self.country
    }
}

impl<'a> From<&'a str> for Message<'a> {
    fn from(text: &'a str) -> Self {
        Self::new(text)
    }
}

impl<'a> From<&'a String> for Message<'a> {
    fn from(text: &'a String) -> Self {
        Self::new(text)
    }
}
