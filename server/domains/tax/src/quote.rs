//! What a cart is taxed by. Pure functions.

use souk_contract::{ContainedTax, TaxClassId, TaxExemption, TaxQuestion, TaxQuote, TaxRate, TaxRule};

use crate::{
    class::ClassRow,
    settings::SettingsRow,
    zone::{self, ZoneRow},
};

/// All there is, as it was read.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub settings: SettingsRow,
    pub classes: Vec<ClassRow>,
    pub zones: Vec<ZoneRow>,
}

impl Table {
    /// The class that goods with this one have.
    fn class(&self, named: Option<TaxClassId>) -> Option<TaxClassId> {
        let known = named.filter(|id| self.classes.iter().any(|class| class.id == *id));
        known.or_else(|| self.classes.iter().find(|class| class.is_default).map(|class| class.id))
    }

    fn rates(&self, zone: &ZoneRow, named: Option<TaxClassId>) -> Vec<TaxRate> {
        self.class(named).map_or_else(Vec::new, |class| zone.rates_of(class))
    }

    pub(crate) fn zone(&self, question: &TaxQuestion) -> Option<&ZoneRow> {
        match &question.to {
            Some(address) => zone::zone_of(&self.zones, address),
            None => zone::home(&self.zones),
        }
    }

    pub(crate) fn quote(&self, question: &TaxQuestion) -> TaxQuote {
        let settings = self.settings.input();
        let rule = TaxRule {
            inclusive: settings.inclusive,
            level: settings.level,
            rounding: settings.rounding,
            ..TaxRule::default()
        };
        match self.zone(question) {
            Some(zone) => self.taxed(zone, rule, question),
            None => self.export(rule, question),
        }
    }

    fn taxed(&self, zone: &ZoneRow, mut rule: TaxRule, question: &TaxQuestion) -> TaxQuote {
        // Alike at the tax office, alike here: they are rounded together where the total is.
        let mut kind = |rates: Vec<TaxRate>| {
            let known = rule.rates.iter().position(|known| *known == rates);
            let place = known.unwrap_or_else(|| {
                rule.rates.push(rates);
                rule.rates.len() - 1
            });
            u32::try_from(place).unwrap_or(u32::MAX)
        };
        let of_classes = question.classes.iter().map(|class| kind(self.rates(zone, *class))).collect();
        let shipping = self.settings.shipping_class.map(|class| kind(self.rates(zone, Some(class))));
        rule.shipping = shipping;
        TaxQuote { rule, of_classes, contained: None }
    }

    fn export(&self, rule: TaxRule, question: &TaxQuestion) -> TaxQuote {
        let home = zone::home(&self.zones).filter(|_| rule.inclusive);
        let contained = home.map(|home| ContainedTax {
            classes: question.classes.iter().map(|class| self.rates(home, *class)).collect(),
            shipping: self.settings.shipping_class.map(|class| self.rates(home, Some(class))),
        });
        let rule = TaxRule { shipping: Some(0), exempt: Some(TaxExemption::Export), ..rule };
        TaxQuote { rule, of_classes: vec![0; question.classes.len()], contained }
    }
}
