"""Prices the carts on standard input once more, from the rules as the README tells them and in decimal arithmetic, and
ends with the first that comes to something else. It shares no code and no helper with the engine."""

import json
import sys
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, getcontext

getcontext().prec = 80
ALL = {"products": [], "variants": [], "product_types": [], "vendors": [], "tags": [], "collections": [], "except": False}


def nearest(exact, how=ROUND_HALF_UP):
    return int(exact.quantize(Decimal(1), rounding=how))


def spread(amount, weights):
    """By largest remainder, the earlier first among equals."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    exact = [Decimal(amount) * weight / whole for weight in weights]
    parts = [int(one.quantize(Decimal(1), rounding=ROUND_FLOOR)) for one in exact]
    # By whole numbers: a quotient's digits end somewhere.
    rest = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % whole), i))
    for index in rest[: amount - sum(parts)]:
        parts[index] += 1
    return parts


def selects(of, facts):
    if all(not of.get(name) for name in ALL):
        return True
    fits = (
        (not of.get("products") or facts["product_id"] in of["products"])
        and (not of.get("variants") or facts["variant_id"] in of["variants"])
        and (not of.get("product_types") or facts["product_type"].lower() in [one.lower() for one in of["product_types"]])
        and (not of.get("vendors") or facts["vendor"].lower() in [one.lower() for one in of["vendors"]])
        and not of.get("tags")
        and (not of.get("collections") or any(one in of["collections"] for one in facts["collections"]))
    )
    return fits != of.get("except", False)


class Basket:
    def __init__(self, case):
        self.lines, self.facts = case["cart"]["lines"], case["facts"]
        self.counts = [line["quantity"] for line in self.lines]
        self.prices = [line["unit_price"]["minor"] for line in self.lines]
        self.subtotals = [price * count for price, count in zip(self.prices, self.counts)]
        self.left = list(self.subtotals)
        self.gifts = [0] * len(self.lines)
        self.shipping = case["delivery"]["minor"] if case["delivery"] else 0
        self.shipping_left = self.shipping

    def part(self, index, pieces):
        """What the first so many pieces of a line cost by now."""
        count = self.counts[index]
        return nearest(Decimal(self.left[index]) * pieces / count) if count else 0


class Rule:
    """One promotion at its turn: what it takes off each line and off delivery, or None."""

    def __init__(self, basket, rule):
        self.basket, self.rule = basket, rule
        self.sale = rule["applies_to_sale_items"]

    def in_play(self, of):
        lines = enumerate(zip(self.basket.lines, self.basket.facts))
        return [i for i, (line, facts) in lines if (self.sale or line["compare_at"] is None) and selects(of, facts)]

    def eligible(self, of):
        chosen = set(self.in_play(of))
        return [left if i in chosen else 0 for i, left in enumerate(self.basket.left)]

    def is_there(self, of):
        if all(not of.get(name) for name in ALL):
            return True
        return any(n > 0 and selects(of, facts) for n, facts in zip(self.basket.counts, self.basket.facts))

    def gain(self):
        action = self.rule["action"]
        kind, of = action["kind"], action.get("of") or ALL
        if kind == "free_shipping":
            return [0] * len(self.basket.lines), self.basket.shipping_left
        off = getattr(self, kind)(action, of)
        return None if off is None else (off, 0)

    def share_off(self, points, of):
        eligible = self.eligible(of)
        if sum(eligible) == 0:
            return None
        return spread(nearest(Decimal(sum(eligible)) * min(points, 10_000) / 10_000), eligible)

    def amount_off(self, amount, of):
        eligible = self.eligible(of)
        return spread(min(amount, sum(eligible)), eligible) if sum(eligible) else None

    def percent(self, action, of):
        return self.share_off(action["basis_points"], of) if self.is_there(of) else None

    def fixed(self, action, of):
        return self.amount_off(action["amount"]["minor"], of) if self.is_there(of) else None

    def fixed_price(self, action, of):
        each = action["price"]["minor"]
        off = [max(0, left - each * count) for left, count in zip(self.eligible(of), self.basket.counts)]
        return off if self.is_there(of) and sum(off) else None

    def tiers(self, action, of):
        if not self.is_there(of):
            return None
        values = self.basket.subtotals if action["by"] == "subtotal" else self.basket.counts
        reached = sum(values[i] for i in self.in_play(of))
        open_tiers = [tier for tier in action["tiers"] if tier["at_least"] <= reached]
        if not open_tiers:
            return None
        top = max(tier["at_least"] for tier in open_tiers)
        # Of two that begin at the same place, the later one.
        tier = [tier for tier in open_tiers if tier["at_least"] == top][-1]
        if tier.get("basis_points") is not None:
            return self.share_off(tier["basis_points"], of)
        return self.amount_off(tier["amount"]["minor"] if tier.get("amount") else 0, of)

    def cheapest_first(self, eligible):
        """Lines that still cost something, by what one of their pieces costs now."""
        lines = [i for i in range(len(eligible)) if eligible[i] > 0 and self.basket.counts[i] > 0]
        # Compared as fractions are, so that no digit is lost.
        scale = 1
        for i in lines:
            scale *= self.basket.counts[i]
        return sorted(lines, key=lambda i: (self.basket.left[i] * scale // self.basket.counts[i], i))

    def free_pieces(self, buy, get, points, times, of, get_of):
        bought, got = self.eligible(of), self.eligible(get_of)
        order = self.cheapest_first(got)
        has = sum(n for n, left in zip(self.basket.counts, bought) if left > 0)
        most = sum(self.basket.counts[i] for i in order)
        if times is not None:
            most = min(most, times * get)

        def taken(pieces):
            of_lines, rest = [0] * len(got), pieces
            for i in order:
                of_lines[i] = min(rest, self.basket.counts[i])
                rest -= of_lines[i]
            return of_lines

        def covered(pieces):
            used = sum(n for n, left in zip(taken(pieces), bought) if left > 0)
            sets = -(-pieces // get)
            return has - used >= sets * buy

        given = max(n for n in range(most + 1) if n == 0 or covered(n))
        if given == 0:
            return None
        values = [self.basket.part(i, n) for i, n in enumerate(taken(given))]
        return spread(nearest(Decimal(sum(values)) * min(points, 10_000) / 10_000), values)

    def buy_get(self, action, of):
        get_of = action.get("get_of") or of
        return self.free_pieces(action["buy"], action["get"], action["basis_points"], action.get("times"), of, get_of)

    def cheapest_free(self, action, of):
        return self.free_pieces(action["at_least"] - 1, 1, 10_000, 1, of, of)

    def bundle(self, action, _of):
        price, used, saved = action["price"]["minor"], [0] * len(self.basket.lines), 0
        for sets in range(1, 100):
            tried = list(used)
            complete = True
            for part in action["parts"]:
                rest = part["quantity"]
                for i in reversed(self.cheapest_first(self.eligible(part.get("of") or ALL))):
                    taken = min(rest, self.basket.counts[i] - tried[i])
                    tried[i], rest = tried[i] + taken, rest - taken
                complete = complete and rest == 0
            saves = sum(self.basket.part(i, n) for i, n in enumerate(tried)) - price * sets
            if not complete or saves <= saved:
                break
            used, saved = tried, saves
        if saved == 0:
            return None
        return spread(saved, [self.basket.part(i, n) for i, n in enumerate(used)])

    def gift(self, action, _of):
        found = self.gift_line()
        if found is None or self.basket.part(*found) == 0:
            return None
        off = [0] * len(self.basket.lines)
        off[found[0]] = self.basket.part(*found)
        return off

    def gift_line(self):
        action = self.rule["action"]
        if action["kind"] != "gift":
            return None
        for i, (facts, count) in enumerate(zip(self.basket.facts, self.basket.counts)):
            if facts["variant_id"] == action["variant_id"] and count > 0:
                return i, max(0, min(action["quantity"], count))
        return None

    def is_open(self):
        """Whether minimum and conditions hold. What is given was not bought."""
        subtotals, counts = list(self.basket.subtotals), list(self.basket.counts)
        if gift := self.gift_line():
            subtotals[gift[0]] -= self.basket.prices[gift[0]] * gift[1]
            counts[gift[0]] -= gift[1]
        minimum = self.rule["minimum"]
        if not self.basket.lines or (minimum and sum(subtotals) < minimum["minor"]):
            return False
        for group in self.rule["when"]:
            answers = []
            for condition in group["conditions"]:
                test = condition["test"]
                of = test.get("of") or ALL
                reached = sum(n for n, facts in zip(counts, self.basket.facts) if selects(of, facts))
                answers.append((reached >= test["at_least"]) != condition.get("not", False))
            if not (all(answers) if group["join"] == "all" else any(answers)):
                return False
        return not self.rule["needs_customer"]


def promote(basket, rules):
    """Takes off what applies; answers what each rule took, by its id."""
    order = sorted(rules, key=lambda rule: (rule["priority"], rule["id"], rule["code"] or ""))
    applied, took, decided = [], {}, {}

    def consider(rule):
        if any(rule["exclusive"] or other["exclusive"] for other in applied):
            return None
        turn = Rule(basket, rule)
        gain = turn.gain() if turn.is_open() else None
        if gain and rule["left"] and sum(gain[0]) + gain[1] > rule["left"]["minor"]:
            return None
        return gain

    def use(rule):
        gain = consider(rule)
        if gain is None:
            return False
        if gift := Rule(basket, rule).gift_line():
            basket.gifts[gift[0]] += gift[1]
        basket.left = [left - off for left, off in zip(basket.left, gain[0])]
        basket.shipping_left -= gain[1]
        applied.append(rule)
        took[rule["id"]] = sum(gain[0]) + gain[1]
        return True

    for place, rule in enumerate(order):
        group = rule["group"]
        if group is None:
            use(rule)
            continue
        if group not in decided:
            # Its first member says how the group goes.
            decided[group] = (rule["group_policy"], None)
            if rule["group_policy"] == "best_deal":
                deals = [(one, consider(one)) for one in order[place:] if one["group"] == group]
                deals = [(sum(gain[0]) + gain[1], one) for one, gain in deals if gain is not None]
                if deals:
                    best = max(total for total, _ in deals)
                    winner = next(one for total, one in deals if total == best)
                    use(winner)
                    decided[group] = ("best_deal", winner["id"])
        policy, winner = decided[group]
        if winner is None and use(rule) and policy == "first":
            decided[group] = (policy, rule["id"])
    return took


def effective(rates):
    """Of the price without tax, to the twelfth decimal."""
    shares, before = [], Decimal(0)
    for rate in rates:
        own = Decimal(rate["millionths"]) / 1_000_000
        on_top = (before * own).quantize(Decimal("1e-12"), rounding=ROUND_FLOOR) if rate.get("compound") else 0
        shares.append(own + on_top)
        before += shares[-1]
    return shares


def taxed(rule, rates, amount):
    how = ROUND_HALF_EVEN if rule.get("rounding") == "half_even" else ROUND_HALF_UP
    shares = effective(rates)
    if not rule["inclusive"]:
        return [nearest(amount * share, how) for share in shares]
    whole = sum(shares, Decimal(0))
    # In whole numbers: half a unit is exactly that.
    parts, of = int(whole * 10**12), int((1 + whole) * 10**12)
    twice, rest = divmod(2 * amount * parts + of, 2 * of)
    contained = twice - 1 if rest == 0 and how == ROUND_HALF_EVEN and twice % 2 else twice
    return spread(contained, [int(share * 10**12) for share in shares])


def taxes(rule, basket):
    """The tax of each line, and of delivery."""
    kinds = [line["tax_kind"] if line["taxable"] and line["tax_kind"] < len(rule["rates"]) else None for line in basket.lines]
    parts = [(left, count, kind) for left, count, kind in zip(basket.left, basket.counts, kinds)]
    if rule["shipping"] is not None:
        kind = rule["shipping"] if rule["shipping"] < len(rule["rates"]) else None
        parts.append((basket.shipping_left, 1, kind))
    else:
        names = list(range(len(rule["rates"]))) + [None]
        free = not any(basket.left)
        weights = [sum(1 if free else left for left, kind in zip(basket.left, kinds) if kind == name) for name in names]
        parts += [(amount, 1, name) for name, amount in zip(names, spread(basket.shipping_left, weights))]
    level = rule.get("level", "line")
    taken = [0] * len(parts)
    if level == "total":
        for kind, rates in enumerate(rule["rates"]):
            amounts = [amount if of == kind else 0 for amount, _, of in parts]
            for tax in taxed(rule, rates, sum(amounts)):
                for i, one in enumerate(spread(tax, amounts)):
                    taken[i] += one
    else:
        for i, (amount, count, kind) in enumerate(parts):
            if kind is None:
                continue
            rates = rule["rates"][kind]
            if level == "line":
                taken[i] = sum(taxed(rule, rates, amount))
            elif count > 0:
                each, dearer = divmod(amount, count)
                low, high = sum(taxed(rule, rates, each)), sum(taxed(rule, rates, each + 1))
                taken[i] = low * (count - dearer) + high * dearer
    lines = len(basket.lines)
    return taken[:lines], sum(taken[lines:])


def price(case):
    basket = Basket(case)
    took = promote(basket, case["promotions"])
    rule = case["cart"]["rules"]["tax"]
    of_lines, of_shipping = taxes(rule, basket)
    tax = sum(of_lines) + of_shipping
    lines = zip(basket.subtotals, basket.left, of_lines, basket.gifts)
    return {
        "lines": [(subtotal, subtotal - left, tax, left, gift) for subtotal, left, tax, gift in lines],
        "subtotal": sum(basket.subtotals),
        "discount": sum(basket.subtotals) - sum(basket.left),
        "shipping": basket.shipping,
        "shipping_discount": basket.shipping - basket.shipping_left,
        "tax": tax,
        "total": sum(basket.left) + basket.shipping_left + (0 if rule["inclusive"] else tax),
        "took": took,
    }


def read(totals):
    names = ["subtotal", "discount", "shipping", "shipping_discount", "tax", "total"]
    of_line = ["subtotal", "discount", "tax", "total"]
    return {
        "lines": [(*(line[name]["minor"] for name in of_line), line.get("gift", 0)) for line in totals["lines"]],
        **{name: totals[name]["minor"] for name in names},
        "took": {step["promotion_id"]: step["amount"]["minor"] for step in totals["trace"] if step["applied"]},
    }


def main():
    count = 0
    for line in sys.stdin:
        case, answer = (json.loads(part) for part in line.split("\t"))
        expected, found = read(answer["totals"]), price(case)
        if expected != found:
            sys.exit(f"cart {count + 1}: {json.dumps(case)}\nthe engine: {expected}\nrecomputed: {found}")
        count += 1
    print(f"{count} carts: a recomputation in decimal arithmetic comes to the same")
    if count == 0:
        sys.exit(1)


main()
