//! A decoder of traces that shares no code with the recorder: enough to replay one.

use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    Int(i128),
    Bytes(Vec<u8>),
    Text(String),
    Array(Vec<Item>),
    Map(Vec<(String, Item)>),
    Null,
}

impl Item {
    pub fn int(&self) -> i128 {
        match self {
            Item::Int(value) => *value,
            other => panic!("{other:?} is not an integer"),
        }
    }

    pub fn size(&self) -> usize {
        self.int().try_into().expect("a size")
    }

    pub fn bytes(&self) -> &[u8] {
        match self {
            Item::Bytes(value) => value,
            other => panic!("{other:?} is not a byte string"),
        }
    }

    pub fn text(&self) -> &str {
        match self {
            Item::Text(value) => value,
            other => panic!("{other:?} is not a text"),
        }
    }

    pub fn entry(&self, name: &str) -> Option<&Item> {
        match self {
            Item::Map(entries) => entries.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            other => panic!("{other:?} is not a map"),
        }
    }
}

struct Decoder<'a>(&'a [u8]);

impl Decoder<'_> {
    fn take(&mut self, length: usize) -> Vec<u8> {
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken.to_vec()
    }

    fn item(&mut self) -> Item {
        let first = self.take(1)[0];
        if first == 0xf6 {
            return Item::Null;
        }
        let (major, short) = (first >> 5, first & 31);
        let (value, least) = match short {
            0..=23 => (u64::from(short), 0),
            24..=27 => {
                let width = 1 << (short - 24);
                let value = self.take(width).iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
                (value, if width == 1 { 24 } else { 1 << (4 * width) })
            }
            _ => panic!("the form {short} is not allowed"),
        };
        assert!(value >= least, "{value} is not in its shortest form");
        match major {
            0 => Item::Int(value.into()),
            1 => Item::Int(-1 - i128::from(value)),
            2 => Item::Bytes(self.take(value as usize)),
            3 => Item::Text(String::from_utf8(self.take(value as usize)).expect("UTF-8")),
            4 => Item::Array((0..value).map(|_| self.item()).collect()),
            5 => Item::Map((0..value).map(|_| (self.item().text().to_owned(), self.item())).collect()),
            _ => panic!("the major type {major} is not allowed"),
        }
    }
}

/// A whole trace: its header, and its events with the number of their kind first.
pub struct Trace {
    pub header: Item,
    pub events: Vec<Vec<Item>>,
}

impl Trace {
    pub fn decode(bytes: &[u8]) -> Self {
        let mut decoder = Decoder(bytes);
        let header = decoder.item();
        let mut events = Vec::new();
        while !decoder.0.is_empty() {
            match decoder.item() {
                Item::Array(fields) => events.push(fields),
                other => panic!("{other:?} is not an event"),
            }
        }
        Self { header, events }
    }

    pub fn of_kind(&self, kind: i128) -> Vec<&[Item]> {
        self.events.iter().filter(|fields| fields[0].int() == kind).map(Vec::as_slice).collect()
    }

    pub fn name(&self, id: &Item) -> &str {
        self.of_kind(0).into_iter().find(|fields| &fields[1] == id).map(|fields| fields[2].text()).expect("a declared name")
    }

    /// Replays grows and writes, and nothing else. Returns the bytes of each space.
    pub fn replay(&self) -> BTreeMap<i128, Vec<u8>> {
        let mut spaces: BTreeMap<i128, Vec<u8>> = BTreeMap::new();
        for fields in &self.events {
            match fields[0].int() {
                4 if fields[3].int() >= 0 => {
                    let bytes = spaces.entry(fields[1].int()).or_default();
                    assert_eq!(bytes.len(), fields[3].size() * 65_536);
                    bytes.resize(bytes.len() + fields[2].size() * 65_536, 0);
                }
                5 => {
                    let (start, written) = (fields[2].size(), fields[3].bytes());
                    let bytes = spaces.get_mut(&fields[1].int()).expect("a memory that has grown");
                    bytes[start..start + written.len()].copy_from_slice(written);
                }
                _ => {}
            }
        }
        spaces
    }
}
