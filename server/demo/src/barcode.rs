//! EAN-13 from the range 20–29, which GS1 leaves to shops for their own use: never a real product's number.

/// The barcode of a product's variant: `20`, five digits of product, five of variant, the check digit.
pub fn ean13(product: u32, variant: u32) -> String {
    let digits = format!("20{:05}{:05}", product % 100_000, variant % 100_000);
    let check = check_digit(&digits);
    format!("{digits}{check}")
}

/// Thirteen digits whose last is the right check digit.
pub fn is_ean13(code: &str) -> bool {
    code.len() == 13
        && code.bytes().all(|byte| byte.is_ascii_digit())
        && code.ends_with(&check_digit(&code[..12]).to_string())
}

/// GS1 General Specifications 7.9: weights 1 and 3 in turn, up to the next ten.
fn check_digit(twelve: &str) -> u32 {
    let sum: u32 = twelve
        .bytes()
        .enumerate()
        .map(|(at, byte)| u32::from(byte - b'0') * if at % 2 == 0 { 1 } else { 3 })
        .sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_those_of_the_standard() {
        // The worked example of the GS1 specification, and a printed book's ISBN.
        assert_eq!(check_digit("629104150021"), 3);
        assert_eq!(check_digit("978014103614"), 4);
        assert!(is_ean13("6291041500213") && !is_ean13("6291041500214") && !is_ean13("629104150021"));
        assert!(is_ean13(&ean13(104, 7)));
    }
}
