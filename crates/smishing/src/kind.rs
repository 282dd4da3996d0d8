//! What scams and spam are about.
use crate::{Label, Language};
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

/// What a scam or an advertisement is about; the project's messages (`data/messages`) are sorted by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// Asks for a one-time code.
    CodeTheft,
    /// An account is said to be locked or attacked.
    AccountLocked,
    /// A payment that nobody made is to be cancelled.
    FakeCharge,
    /// A parcel waits for a small fee or an address.
    DeliveryFee,
    /// An unpaid toll, parking or traffic fine.
    TollFine,
    /// Money from the tax office or the state.
    TaxRefund,
    /// Police, court or debt collectors threaten.
    LegalThreat,
    /// A relative in need, often with a new number.
    Family,
    /// Easy work, paid after a fee or a task.
    Job,
    /// Sure profits, crypto-currency, trading groups.
    Investment,
    /// A stranger, often by a wrong number, who becomes a friend.
    Romance,
    /// A prize, gift or survey reward.
    Prize,
    /// A company owes money back.
    Refund,
    /// A device is said to be infected or hacked.
    TechSupport,
    /// A subscription ends or renews at a high price.
    SubscriptionRenewal,
    /// A buyer, seller or landlord of a private sale.
    MarketplaceBuyer,
    /// A payment that was agreed, or is said to be, is to go to another number or account.
    PaymentRedirection,
    /// The telephone number is to be moved to another SIM.
    SimSwap,
    /// A loan or grant is approved, for a fee in advance.
    LoanFee,
    /// Donations that go elsewhere.
    FakeCharity,
    /// Threatens with pictures, secrets or violence.
    Extortion,
    /// Wants an app installed from outside the store.
    AppInstall,
    /// Power, water or gas is to be cut off.
    UtilityCutoff,
    /// A superior wants gift cards or a changed payment.
    BossGiftCard,
    /// Health insurance, benefits or free medical goods.
    HealthInsurance,
    /// Student loans to be forgiven or changed.
    StudentLoan,
    /// A QR code to scan or a number to call back, without more.
    QrCallback,
    /// Gambling.
    Casino,
    /// Adult content and contacts.
    Adult,
    /// Slimming products and medicines.
    Diet,
    /// Loans from strangers.
    LoanOffer,
    /// Texts and subscriptions billed to the telephone.
    PremiumRate,
    /// Any other advertising that nobody asked for.
    Marketing,
}

impl Kind {
    /// All of them: first those of [`Label::Smishing`], then those of [`Label::Spam`].
    pub const ALL: [Self; 33] = [
        Self::CodeTheft,
        Self::AccountLocked,
        Self::FakeCharge,
        Self::DeliveryFee,
        Self::TollFine,
        Self::TaxRefund,
        Self::LegalThreat,
        Self::Family,
        Self::Job,
        Self::Investment,
        Self::Romance,
        Self::Prize,
        Self::Refund,
        Self::TechSupport,
        Self::SubscriptionRenewal,
        Self::MarketplaceBuyer,
        Self::PaymentRedirection,
        Self::SimSwap,
        Self::LoanFee,
        Self::FakeCharity,
        Self::Extortion,
        Self::AppInstall,
        Self::UtilityCutoff,
        Self::BossGiftCard,
        Self::HealthInsurance,
        Self::StudentLoan,
        Self::QrCallback,
        Self::Casino,
        Self::Adult,
        Self::Diet,
        Self::LoanOffer,
        Self::PremiumRate,
        Self::Marketing,
    ];

    /// The kind as files carry it.
    ///
    /// ```
    /// assert_eq!(smishing::Kind::DeliveryFee.as_str(), "delivery_fee");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CodeTheft => "code_theft",
            Self::AccountLocked => "account_locked",
            Self::FakeCharge => "fake_charge",
            Self::DeliveryFee => "delivery_fee",
            Self::TollFine => "toll_fine",
            Self::TaxRefund => "tax_refund",
            Self::LegalThreat => "legal_threat",
            Self::Family => "family",
            Self::Job => "job",
            Self::Investment => "investment",
            Self::Romance => "romance",
            Self::Prize => "prize",
            Self::Refund => "refund",
            Self::TechSupport => "tech_support",
            Self::SubscriptionRenewal => "subscription_renewal",
            Self::MarketplaceBuyer => "marketplace_buyer",
            Self::PaymentRedirection => "payment_redirection",
            Self::SimSwap => "sim_swap",
            Self::LoanFee => "loan_fee",
            Self::FakeCharity => "fake_charity",
            Self::Extortion => "extortion",
            Self::AppInstall => "app_install",
            Self::UtilityCutoff => "utility_cutoff",
            Self::BossGiftCard => "boss_gift_card",
            Self::HealthInsurance => "health_insurance",
            Self::StudentLoan => "student_loan",
            Self::QrCallback => "qr_callback",
            Self::Casino => "casino",
            Self::Adult => "adult",
            Self::Diet => "diet",
            Self::LoanOffer => "loan_offer",
            Self::PremiumRate => "premium_rate",
            Self::Marketing => "marketing",
        }
    }

    /// [`Label::Spam`] for advertising, else [`Label::Smishing`].
    #[must_use]
    pub const fn label(self) -> Label {
        match self {
            Self::Casino | Self::Adult | Self::Diet | Self::LoanOffer | Self::PremiumRate | Self::Marketing => {
                Label::Spam
            }
            _ => Label::Smishing,
        }
    }

    /// A short name for people.
    ///
    /// ```
    /// use smishing::{Kind, Language};
    /// assert_eq!(Kind::DeliveryFee.title(Language::German), "Zustellgebühr");
    /// ```
    #[must_use]
    pub fn title(self, language: Language) -> &'static str {
        // The tests see to it that every kind has a row.
        let row = smishing_data::row(smishing_data::KINDS, self.as_str()).unwrap_or([self.as_str(); 7]);
        row[1 + language as usize]
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// No [`Kind`] has that name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownKind(String);

impl fmt::Display for UnknownKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no kind of scam or spam; kinds are", self.0)?;
        for (number, kind) in Kind::ALL.into_iter().enumerate() {
            write!(f, "{}{kind}", if number == 0 { " " } else { ", " })?;
        }
        Ok(())
    }
}

impl core::error::Error for UnknownKind {}

impl FromStr for Kind {
    type Err = UnknownKind;

    /// Takes what [`Kind::as_str`] gives.
    ///
    /// ```
    /// assert_eq!("family".parse(), Ok(smishing::Kind::Family));
    /// assert!("otp".parse::<smishing::Kind>().is_err());
    /// ```
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == name)
            .ok_or_else(|| UnknownKind(name.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec::Vec;

    #[test]
    fn names_lead_back_to_their_kinds() {
        for kind in Kind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert_eq!(kind.to_string(), kind.as_str());
            assert!(kind.label().is_bad());
        }
        let labels: Vec<_> = Kind::ALL.into_iter().map(Kind::label).collect();
        assert!(labels.is_sorted_by_key(|label| *label == Label::Spam));
        assert_eq!(labels.iter().filter(|label| **label == Label::Spam).count(), 6);
        let error = "otp".parse::<Kind>().unwrap_err().to_string();
        assert!(error.starts_with("`otp`") && error.ends_with(", premium_rate, marketing"));
    }

    #[test]
    fn every_kind_has_a_title_in_every_language() {
        let codes: Vec<_> = Language::ALL.into_iter().map(Language::code).collect();
        let header = smishing_data::KINDS.lines().next().unwrap_or_default();
        assert_eq!(header, alloc::format!("kind\t{}", codes.join("\t")));
        let rows: Vec<_> = smishing_data::rows::<7>(smishing_data::KINDS)
            .map(|row| row[0])
            .collect();
        assert_eq!(rows, Kind::ALL.map(Kind::as_str));
        for language in Language::ALL {
            let mut titles = Kind::ALL.map(|kind| kind.title(language));
            titles.sort_unstable();
            assert!(!titles[0].is_empty(), "{language}");
            assert!(titles.windows(2).all(|pair| pair[0] != pair[1]), "{language}");
        }
    }
}
