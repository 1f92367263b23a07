//! What a promotion takes off, given what those before it left.

use souk_contract::{BundlePart, LineSelection, Money, PromotionAction, Tier, TierBy, VariantId};

use crate::{
    allocate,
    condition::{LineFacts, more, name, selects},
    outcome::{Gain, Outcome, Refusal, fixed_off, free_shipping, nothing, percent, percent_off, refuse},
    refund::share,
    settle::{Basket, PricingError, amount, round_half_up, sum},
};

/// Of one bundle in one cart.
const MOST_SETS: i64 = 99;

/// One promotion at its turn.
pub(crate) struct Turn<'a> {
    pub basket: &'a Basket<'a>,
    pub facts: &'a [LineFacts<'a>],
    pub sale_items: bool,
}

impl Turn<'_> {
    pub(crate) fn gain(&self, action: &PromotionAction) -> Outcome {
        match action {
            PromotionAction::FreeShipping => Ok(Ok(free_shipping(self.basket))),
            PromotionAction::Percent { basis_points, of } => {
                let eligible = self.eligible(of);
                match self.misses(of) {
                    Some(refusal) => Ok(Err(refusal)),
                    None => percent_off(self.basket, &eligible, *basis_points, self.sale_items),
                }
            }
            PromotionAction::Fixed { amount, of } => {
                let eligible = self.eligible(of);
                match self.misses(of) {
                    Some(refusal) => Ok(Err(refusal)),
                    None => fixed_off(self.basket, &eligible, *amount, self.sale_items),
                }
            }
            PromotionAction::FixedPrice { price, of } => self.fixed_price(*price, of),
            PromotionAction::BuyGet { buy, get, basis_points, of, get_of, times } => {
                let deal = Deal { buy: *buy, get: *get, basis_points: *basis_points, times: *times };
                self.buy_get(&deal, of, get_of.as_ref().unwrap_or(of))
            }
            PromotionAction::CheapestFree { at_least, of } => {
                let deal = Deal { buy: at_least - 1, get: 1, basis_points: 10_000, times: Some(1) };
                self.buy_get(&deal, of, of)
            }
            PromotionAction::Tiers { by, tiers, of } => self.tiers(*by, tiers, of),
            PromotionAction::Bundle { parts, price } => self.bundle(parts, *price),
            PromotionAction::Gift { variant_id, quantity, label } => self.gift(*variant_id, *quantity, label),
        }
    }

    fn counts(&self, of: &LineSelection, index: usize) -> bool {
        (self.sale_items || !self.basket.lines[index].on_sale) && selects(of, self.facts.get(index))
    }

    fn eligible(&self, of: &LineSelection) -> Vec<i64> {
        self.basket.eligible(|index| self.counts(of, index))
    }

    /// Nothing of what it looks for is in the cart.
    fn misses(&self, of: &LineSelection) -> Option<Refusal> {
        let mut lines = self.basket.lines.iter().enumerate();
        let is_there = lines.any(|(index, line)| line.quantity > 0 && selects(of, self.facts.get(index)));
        (!is_there && !of.is_all())
            .then(|| refuse("incomplete", format!("Add {} to your cart to use it.", name(of))))
    }

    fn fixed_price(&self, price: Money, of: &LineSelection) -> Outcome {
        if let Some(refusal) = self.misses(of) {
            return Ok(Err(refusal));
        }
        let each = amount(price, self.basket.currency)?;
        let eligible = self.eligible(of);
        let lines = eligible.iter().zip(self.basket.lines);
        let lines: Vec<i64> =
            lines.map(|(left, line)| (left - each.saturating_mul(line.quantity)).max(0)).collect();
        if sum(&lines)? == 0 {
            return Ok(Err(self.cheaper(&eligible)?));
        }
        let message = format!("{price} each");
        Ok(Ok(Gain::new(lines, sum(&eligible)?, message)))
    }

    fn cheaper(&self, eligible: &[i64]) -> Result<Refusal, PricingError> {
        Ok(match sum(eligible)? {
            0 => nothing(self.sale_items),
            _ => refuse("nothing_left", "Your cart costs less already."),
        })
    }

    /// Pieces of the line that still cost something.
    fn pieces(&self, eligible: &[i64], index: usize) -> i64 {
        if eligible[index] > 0 { self.basket.lines[index].quantity } else { 0 }
    }

    /// What so many pieces of the line cost by now.
    fn value(&self, index: usize, pieces: i64) -> i64 {
        share(self.basket.left[index], self.basket.lines[index].quantity, 0, pieces)
    }

    /// Lines with something to give, the cheapest piece first; the earlier line first among equals.
    fn by_price(&self, eligible: &[i64]) -> Vec<usize> {
        let mut lines: Vec<usize> =
            (0..eligible.len()).filter(|index| self.pieces(eligible, *index) > 0).collect();
        lines.sort_by(|a, b| {
            let (one, other) = (&self.basket.lines[*a], &self.basket.lines[*b]);
            let left = i128::from(self.basket.left[*a]) * i128::from(other.quantity);
            left.cmp(&(i128::from(self.basket.left[*b]) * i128::from(one.quantity)))
        });
        lines
    }

    fn buy_get(&self, deal: &Deal, of: &LineSelection, get_of: &LineSelection) -> Outcome {
        let (bought, got) = (self.eligible(of), self.eligible(get_of));
        let cheapest = self.by_price(&got);
        let total = |eligible: &[i64]| -> i64 {
            (0..eligible.len()).map(|index| self.pieces(eligible, index)).fold(0, i64::saturating_add)
        };
        let (has, most) = (total(&bought), total(&got));
        // Of the cheapest so many pieces, those that would otherwise count as bought.
        let spent = |pieces: i64| {
            let mut rest = pieces;
            let mut spent = 0;
            for index in &cheapest {
                let taken = rest.min(self.pieces(&got, *index));
                spent += if bought[*index] > 0 { taken } else { 0 };
                rest -= taken;
            }
            spent
        };
        let is_covered = |pieces: i64| has - spent(pieces) >= deal.sets_for(pieces).saturating_mul(deal.buy);
        let cap = deal.times.map_or(most, |times| most.min(times.saturating_mul(deal.get)));
        // With more pieces given, fewer are left to have been bought: what can be covered has one end.
        let (mut covered, mut beyond) = (0, cap + 1);
        while beyond - covered > 1 {
            let middle = covered + (beyond - covered) / 2;
            if is_covered(middle) {
                covered = middle;
            } else {
                beyond = middle;
            }
        }
        if covered == 0 {
            let message = if has < deal.buy || of == get_of {
                more(if of == get_of { deal.buy + 1 - has } else { deal.buy - has }, of)
            } else {
                more(1, get_of)
            };
            return Ok(Err(refuse("incomplete", message)));
        }
        let mut values = vec![0; got.len()];
        let mut rest = covered;
        for index in cheapest {
            let taken = rest.min(self.pieces(&got, index));
            values[index] = self.value(index, taken);
            rest -= taken;
        }
        let base = sum(&values)?;
        let off = round_half_up(i128::from(base) * i128::from(deal.basis_points.min(10_000)), 10_000)?;
        let message = match deal.basis_points {
            10_000.. => format!("{covered} free"),
            less => format!("{} % off {covered} of them", percent(less)),
        };
        Ok(Ok(Gain::new(allocate(off, &values), base, message)))
    }

    fn tiers(&self, by: TierBy, tiers: &[Tier], of: &LineSelection) -> Outcome {
        if let Some(refusal) = self.misses(of) {
            return Ok(Err(refusal));
        }
        let indices = (0..self.basket.lines.len()).filter(|index| self.counts(of, *index));
        let reached = match by {
            TierBy::Subtotal => sum(&indices.map(|index| self.basket.subtotals[index]).collect::<Vec<_>>())?,
            TierBy::Quantity => indices.map(|index| self.basket.lines[index].quantity).sum(),
        };
        let current = tiers.iter().filter(|tier| tier.at_least <= reached).max_by_key(|tier| tier.at_least);
        let next = tiers.iter().filter(|tier| tier.at_least > reached).min_by_key(|tier| tier.at_least);
        let further = next.map(|next| {
            let gives = match (next.basis_points, next.amount) {
                (Some(points), _) => format!("{} %", percent(points)),
                (None, amount) => amount.unwrap_or(self.basket.money(0)).to_string(),
            };
            let missing = next.at_least - reached;
            match by {
                TierBy::Subtotal => format!("Add {} more for {gives} off.", self.basket.money(missing)),
                TierBy::Quantity => format!("Add {missing} more {} for {gives} off.", name(of)),
            }
        });
        let Some(tier) = current else {
            return Ok(Err(refuse("incomplete", further.unwrap_or_default())));
        };
        let eligible = self.eligible(of);
        let outcome = match (tier.basis_points, tier.amount) {
            (Some(points), _) => percent_off(self.basket, &eligible, points, self.sale_items)?,
            (None, amount) => {
                fixed_off(self.basket, &eligible, amount.unwrap_or(self.basket.money(0)), self.sale_items)?
            }
        };
        Ok(outcome.map(|gain| match further {
            Some(further) => Gain { message: format!("{}. {further}", gain.message), ..gain },
            None => gain,
        }))
    }

    /// The dearest pieces of each part, set by set, as long as a set saves something.
    fn bundle(&self, parts: &[BundlePart], price: Money) -> Outcome {
        let price = amount(price, self.basket.currency)?;
        let of_parts: Vec<Vec<i64>> = parts.iter().map(|part| self.eligible(&part.of)).collect();
        let mut used = vec![0_i64; self.basket.lines.len()];
        let mut saved = 0;
        let mut sets = 0;
        while sets < MOST_SETS {
            let mut tried = used.clone();
            if !parts
                .iter()
                .zip(&of_parts)
                .all(|(part, eligible)| self.pick(part.quantity, eligible, &mut tried))
            {
                break;
            }
            let values = self.values(&tried);
            let saves = sum(&values)?.saturating_sub(price.saturating_mul(sets + 1));
            if saves <= saved {
                break;
            }
            (used, saved, sets) = (tried, saves, sets + 1);
        }
        if sets == 0 {
            return Ok(Err(self.no_bundle(parts, &of_parts)));
        }
        let values = self.values(&used);
        let bundle = self.basket.money(price);
        let message =
            if sets == 1 { format!("{bundle} together") } else { format!("{sets} × {bundle} together") };
        Ok(Ok(Gain::new(allocate(saved, &values), sum(&values)?, message)))
    }

    fn values(&self, used: &[i64]) -> Vec<i64> {
        used.iter().enumerate().map(|(index, pieces)| self.value(index, *pieces)).collect()
    }

    fn pick(&self, wanted: i64, eligible: &[i64], used: &mut [i64]) -> bool {
        let mut rest = wanted;
        for index in self.by_price(eligible).into_iter().rev() {
            let taken = rest.min(self.pieces(eligible, index) - used[index]);
            used[index] += taken;
            rest -= taken;
        }
        rest == 0
    }

    fn no_bundle(&self, parts: &[BundlePart], of_parts: &[Vec<i64>]) -> Refusal {
        let missing = parts.iter().zip(of_parts).filter_map(|(part, eligible)| {
            let has = (0..eligible.len()).map(|index| self.pieces(eligible, index)).sum::<i64>();
            (has < part.quantity).then(|| more(part.quantity - has, &part.of))
        });
        let missing: Vec<String> = missing.collect();
        match missing.is_empty() {
            true => refuse("nothing_left", "Your cart costs less already."),
            false => refuse("incomplete", missing.join(" ")),
        }
    }

    fn gift(&self, variant: VariantId, quantity: i64, label: &str) -> Outcome {
        let Some((index, pieces)) = gift_pieces(self.basket, self.facts, variant, quantity) else {
            return Ok(Err(refuse("incomplete", format!("Add {label} to your cart: it is a gift."))));
        };
        let value = self.value(index, pieces);
        if value == 0 {
            return Ok(Err(nothing(true)));
        }
        let mut lines = vec![0; self.basket.lines.len()];
        lines[index] = value;
        let message = format!("{label} is a gift");
        Ok(Ok(Gain { gift: Some((index, pieces)), ..Gain::new(lines, value, message) }))
    }
}

/// The line that the gift is, and how many of its pieces. What it is worth unlocks nothing.
pub(crate) fn gift_pieces(
    basket: &Basket<'_>,
    facts: &[LineFacts<'_>],
    variant: VariantId,
    quantity: i64,
) -> Option<(usize, i64)> {
    let lines = facts.iter().zip(basket.lines).enumerate();
    let mut found = lines.filter(|(_, (facts, line))| facts.variant_id == variant && line.quantity > 0);
    found.next().map(|(index, (_, line))| (index, quantity.clamp(0, line.quantity)))
}

struct Deal {
    buy: i64,
    get: i64,
    basis_points: u32,
    times: Option<i64>,
}

impl Deal {
    /// Sets that so many given pieces take; the last may be incomplete.
    fn sets_for(&self, given: i64) -> i64 {
        let get = self.get.max(1);
        given / get + i64::from(given % get > 0)
    }
}
