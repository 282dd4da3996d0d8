#!/usr/bin/env bash
# Makes the bundled model: the one recorded command. The same data and tool give the same bytes on every machine.
# It needs ../shared/corpora/train beside the repository.
#
# Rates: means over ots_novel_en, india_cfeni, sbcm_smishi (bad and ham) and otp_public_inboxes (ham), the sources here that
# hold business texts. data/messages gives both labels as many links by design, and its scams far more abused top-level
# domains and fewer short links and machine-made paths than real ones have (abused_tld 3.4 % is the highest of the sources,
# sbcm's: the mean, 1.5 %, would rest on few rows).
set -euo pipefail
cd "$(dirname "$0")/.."
corpora=../shared/corpora/train
cargo run --quiet --release --bin smishing -- train \
    data/messages "$corpora" \
    --solver sparse --bits 15 --alpha 1 --seed 1 \
    --weight uci_sms=0.1 --weight mendeley5971=0.1 --padding 0.6 --misspelling 0.2 \
    --signal-rate messages=link.present:0.16,0.65 --signal-rate messages=link.abused_tld:-,0.034 \
    --signal-rate messages=link.random_path:-,0.19 --signal-rate messages=link.shortener:-,0.1 \
    --licence messages="written for this project, CC BY 4.0" \
    --licence uci_sms="UCI SMS Spam Collection, Almeida and Hidalgo 2011, CC BY 4.0" \
    --licence mendeley5971="SMS Phishing Dataset, Mishra and Soni 2022, Mendeley Data f45bkkt8pr, CC BY 4.0" \
    --licence otp_public_inboxes="z8leo/master-thesis-public-sms-inboxes, MIT" \
    --licence ots_novel_en="OpenTextShield, rows that are not UCI's, MIT" \
    --licence india_cfeni="C-Feni/SMS-Categorization-using-ML, MIT" \
    --licence otp_product_templates="django-two-factor-auth (MIT), Keycloak plugins (Apache-2.0, MIT), Firefox Accounts (MPL-2.0)" \
    --licence sbcm_smishi="ravi2505-de/ne-nasedaj-sms-phishing, MIT" \
    --output "${1:-models/bundled.smsh}"
