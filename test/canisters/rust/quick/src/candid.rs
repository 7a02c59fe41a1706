//! The part of Candid that this canister uses: `text`, `nat64`, `blob`, and `opt` of these.

const MAGIC: &[u8] = b"DIDL";
const VEC: u8 = 0x6d;
const OPT: u8 = 0x6e;
const TEXT: u8 = 0x71;
const NAT64: u8 = 0x78;
const NAT8: u8 = 0x7b;

/// A type table of two types: number 0 is `vec nat8`, and number 1 is `opt` of number 0.
const TABLE: &[u8] = &[2, VEC, NAT8, OPT, 0];
const BLOB: u8 = 0;
const OPT_BLOB: u8 = 1;

/// Encodes arguments or results.
#[derive(Default)]
pub struct Writer {
    types: Vec<u8>,
    values: Vec<u8>,
}

impl Writer {
    pub fn text(mut self, value: &str) -> Self {
        self.types.push(TEXT);
        sized(&mut self.values, value.as_bytes());
        self
    }

    pub fn nat64(mut self, value: u64) -> Self {
        self.types.push(NAT64);
        self.values.extend(value.to_le_bytes());
        self
    }

    pub fn blob(mut self, value: &[u8]) -> Self {
        self.types.push(BLOB);
        sized(&mut self.values, value);
        self
    }

    pub fn opt_blob(mut self, value: Option<&[u8]>) -> Self {
        self.types.push(OPT_BLOB);
        self.values.push(value.is_some() as u8);
        if let Some(bytes) = value {
            sized(&mut self.values, bytes);
        }
        self
    }

    pub fn finish(self) -> Vec<u8> {
        let mut bytes = [MAGIC, TABLE].concat();
        leb128(&mut bytes, self.types.len());
        bytes.extend(self.types);
        bytes.extend(self.values);
        bytes
    }
}

fn sized(bytes: &mut Vec<u8>, value: &[u8]) {
    leb128(bytes, value.len());
    bytes.extend(value);
}

fn leb128(bytes: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Decodes arguments in their order. Panics if their types are others.
pub struct Reader {
    bytes: Vec<u8>,
    at: usize,
    /// The type table: the opcode and the operand of each type.
    table: Vec<(u8, u8)>,
    types: std::vec::IntoIter<u8>,
}

impl Reader {
    pub fn new(bytes: Vec<u8>) -> Self {
        let mut reader = Self { bytes, at: 0, table: Vec::new(), types: Vec::new().into_iter() };
        // No bytes at all are no arguments.
        if reader.bytes.is_empty() {
            return reader;
        }
        assert!(reader.take(MAGIC.len()) == MAGIC, "the argument is not Candid");
        for _ in 0..reader.leb128() {
            let (opcode, operand) = (reader.byte(), reader.byte());
            assert!(opcode == VEC || opcode == OPT, "type {:#x} is not supported", opcode);
            reader.table.push((opcode, operand));
        }
        let count = reader.leb128();
        reader.types = reader.take(count).into_iter();
        reader
    }

    pub fn text(&mut self) -> String {
        assert!(self.types.next() == Some(TEXT), "the argument is not a text");
        self.text_value()
    }

    pub fn nat64(&mut self) -> u64 {
        assert!(self.types.next() == Some(NAT64), "the argument is not a nat64");
        let mut value = [0; 8];
        value.copy_from_slice(&self.take(8));
        u64::from_le_bytes(value)
    }

    pub fn blob(&mut self) -> Vec<u8> {
        let found = self.types.next().and_then(|index| self.table.get(index as usize));
        assert!(found == Some(&(VEC, NAT8)), "the argument is not a blob");
        self.sized()
    }

    /// Reads an `opt text`. A `text` will do, and so will no argument.
    pub fn opt_text(&mut self) -> Option<String> {
        let found = self.types.next()?;
        if found == TEXT {
            return Some(self.text_value());
        }
        assert!(self.table.get(found as usize) == Some(&(OPT, TEXT)), "the argument is not an opt text");
        (self.byte() == 1).then(|| self.text_value())
    }

    fn text_value(&mut self) -> String {
        String::from_utf8(self.sized()).expect("a text must be UTF-8")
    }

    fn sized(&mut self) -> Vec<u8> {
        let size = self.leb128();
        self.take(size)
    }

    fn leb128(&mut self) -> usize {
        let mut value = 0;
        for shift in (0..28).step_by(7) {
            let byte = self.byte();
            value |= (byte as usize & 0x7f) << shift;
            if byte < 0x80 {
                return value;
            }
        }
        panic!("a number in the argument is too large");
    }

    fn byte(&mut self) -> u8 {
        self.take(1)[0]
    }

    fn take(&mut self, size: usize) -> Vec<u8> {
        let found = self.bytes.get(self.at..self.at + size).expect("the argument ends too soon").to_vec();
        self.at += size;
        found
    }
}
