//! The part of CBOR (RFC 8949) that a trace has: integers in their shortest form, and nothing of indefinite length.

const UINT: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const NULL: u8 = 0xf6;

/// Encodes items one after the other.
#[derive(Default)]
pub struct Encoder {
    bytes: Vec<u8>,
}

impl Encoder {
    /// Begins an array of `items` items, which follow.
    pub fn array(&mut self, items: usize) -> &mut Self {
        self.head(ARRAY, items as u64)
    }

    /// Begins a map of `entries` entries: keys and values follow in turns.
    pub fn map(&mut self, entries: usize) -> &mut Self {
        self.head(MAP, entries as u64)
    }

    pub fn uint(&mut self, value: u64) -> &mut Self {
        self.head(UINT, value)
    }

    pub fn int(&mut self, value: i64) -> &mut Self {
        match u64::try_from(value) {
            Ok(value) => self.uint(value),
            // -1 - n is written as n, which has the bits of the value inverted.
            Err(_) => self.head(NEGATIVE, !value as u64),
        }
    }

    pub fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.head(BYTES, value.len() as u64).append(value)
    }

    pub fn text(&mut self, value: &str) -> &mut Self {
        self.head(TEXT, value.len() as u64).append(value.as_bytes())
    }

    pub fn null(&mut self) -> &mut Self {
        self.append(&[NULL])
    }

    /// Returns the encoded items.
    pub fn encoded(&self) -> &[u8] {
        &self.bytes
    }

    /// Starts over, in the same buffer.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    fn head(&mut self, major: u8, value: u64) -> &mut Self {
        let major = major << 5;
        match value {
            0..=23 => self.append(&[major | value as u8]),
            24..=0xff => self.append(&[major | 24, value as u8]),
            0x100..=0xffff => self.append(&[major | 25]).append(&(value as u16).to_be_bytes()),
            0x1_0000..=0xffff_ffff => self.append(&[major | 26]).append(&(value as u32).to_be_bytes()),
            _ => self.append(&[major | 27]).append(&value.to_be_bytes()),
        }
    }

    fn append(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(bytes);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::Encoder;

    fn encoded(encode: impl FnOnce(&mut Encoder) -> &mut Encoder) -> Vec<u8> {
        let mut encoder = Encoder::default();
        encode(&mut encoder).encoded().to_vec()
    }

    /// Cases of RFC 8949, appendix A.
    #[test]
    fn integers_have_their_shortest_form() {
        for (value, bytes) in [
            (0, vec![0x00]),
            (23, vec![0x17]),
            (24, vec![0x18, 0x18]),
            (255, vec![0x18, 0xff]),
            (256, vec![0x19, 0x01, 0x00]),
            (65_535, vec![0x19, 0xff, 0xff]),
            (65_536, vec![0x1a, 0x00, 0x01, 0x00, 0x00]),
            (1_000_000_000_000, vec![0x1b, 0x00, 0x00, 0x00, 0xe8, 0xd4, 0xa5, 0x10, 0x00]),
        ] {
            assert_eq!(encoded(|to| to.uint(value)), bytes);
            assert_eq!(encoded(|to| to.int(value as i64)), bytes);
        }
        assert_eq!(encoded(|to| to.uint(u64::MAX)), [0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        assert_eq!(encoded(|to| to.int(-1)), [0x20]);
        assert_eq!(encoded(|to| to.int(-1000)), [0x39, 0x03, 0xe7]);
    }

    #[test]
    fn strings_and_collections_begin_with_their_length() {
        assert_eq!(encoded(|to| to.bytes(&[1, 2, 3, 4])), [0x44, 1, 2, 3, 4]);
        assert_eq!(encoded(|to| to.text("ü")), [0x62, 0xc3, 0xbc]);
        assert_eq!(encoded(|to| to.array(2).uint(1).null()), [0x82, 0x01, 0xf6]);
        assert_eq!(encoded(|to| to.map(1).text("a").uint(1)), [0xa1, 0x61, 0x61, 0x01]);
    }
}
