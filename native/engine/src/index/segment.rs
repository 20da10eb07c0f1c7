//! One file of the cache: many values under their addresses, written once and never changed, so
//! that any number of processes may read it. Every part carries a checksum.

use crate::hashing::{Map, Seeded};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::{Key, Kind};

const MAGIC: &[u8; 8] = b"dlindex1";
/// Kind, key, length, checksum.
const ENTRY_BYTES: usize = 1 + 16 + 4 + 8;
const ENTRIES_MAX: usize = 4_000_000;
/// Magic, number of entries, checksum of the table.
const HEAD_BYTES: usize = 8 + 8 + 8;

pub type Address = (u8, Key);

#[must_use]
pub fn address(kind: Kind, key: Key) -> Address {
    (kind as u8, key)
}

#[derive(Clone, Copy, Debug)]
struct At {
    offset: u64,
    length: u32,
    check: u64,
}

#[derive(Debug)]
pub struct Segment {
    path: PathBuf,
    file: File,
    table: Map<Address, At>,
    bytes: u64,
}

impl Segment {
    /// # Errors
    /// It cannot be read, or it is not what it should be.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let bytes = file.metadata()?.len();
        let mut head = [0; HEAD_BYTES];
        file.read_exact(&mut head)?;
        let (magic, rest) = head.split_at(8);
        let count = usize::try_from(number(rest)).map_err(|_| bad())?;
        let check = number(rest.get(8..).unwrap_or_default());
        let table_bytes = count.checked_mul(ENTRY_BYTES).ok_or_else(bad)?;
        let is_short = u64::try_from(HEAD_BYTES + table_bytes).map_err(|_| bad())? > bytes;
        if magic != MAGIC || count > ENTRIES_MAX || is_short {
            return Err(bad());
        }
        let mut raw = vec![0; table_bytes];
        file.read_exact(&mut raw)?;
        if checksum(&raw) != check {
            return Err(bad());
        }
        let mut offset = (HEAD_BYTES + table_bytes) as u64;
        let mut table = Map::with_capacity_and_hasher(count, Seeded::default());
        for entry in raw.chunks_exact(ENTRY_BYTES) {
            let (address, length, check) = read_entry(entry).ok_or_else(bad)?;
            table.insert(
                address,
                At {
                    offset,
                    length,
                    check,
                },
            );
            offset += u64::from(length);
        }
        if offset != bytes {
            return Err(bad());
        }
        Ok(Segment {
            path: path.to_path_buf(),
            file,
            table,
            bytes,
        })
    }

    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn addresses(&self) -> impl Iterator<Item = Address> {
        self.table.keys().copied()
    }

    /// Bytes of the values that `is_wanted`.
    #[must_use]
    pub fn bytes_of(&self, is_wanted: impl Fn(Key) -> bool) -> u64 {
        let wanted = self.table.iter().filter(|((_, key), _)| is_wanted(*key));
        wanted.map(|(_, at)| u64::from(at.length)).sum()
    }

    /// `None` too if what is there is damaged.
    #[must_use]
    pub fn get(&self, address: Address) -> Option<Vec<u8>> {
        let at = *self.table.get(&address)?;
        let mut value = vec![0; at.length as usize];
        read_at(self, &mut value, at.offset).ok()?;
        (checksum(&value) == at.check).then_some(value)
    }
}

/// One call to the system, and threads need not wait for each other.
#[cfg(unix)]
fn read_at(segment: &Segment, value: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(&segment.file, value, offset)
}

#[cfg(not(unix))]
fn read_at(segment: &Segment, value: &mut [u8], offset: u64) -> io::Result<()> {
    let mut file = File::open(&segment.path)?;
    io::Seek::seek(&mut file, io::SeekFrom::Start(offset))?;
    file.read_exact(value)
}

/// Writes a segment under a name of its own; it is there whole or not at all.
///
/// # Errors
/// The disk is full, or the folder cannot be written to. Nothing is left behind then.
pub fn write(folder: &Path, name: &str, values: &[(Address, Vec<u8>)]) -> io::Result<PathBuf> {
    let (draft, path) = (
        folder.join(format!("{name}.tmp")),
        folder.join(format!("{name}.seg")),
    );
    let written = write_to(&draft, values).and_then(|()| fs::rename(&draft, &path));
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written.map(|()| path)
}

fn write_to(path: &Path, values: &[(Address, Vec<u8>)]) -> io::Result<()> {
    let mut table = Vec::with_capacity(values.len() * ENTRY_BYTES);
    for ((kind, key), value) in values {
        table.push(*kind);
        table.extend(key.0.to_le_bytes());
        table.extend(u32::try_from(value.len()).map_err(|_| bad())?.to_le_bytes());
        table.extend(checksum(value).to_le_bytes());
    }
    let mut file = io::BufWriter::with_capacity(1 << 20, File::create_new(path)?);
    file.write_all(MAGIC)?;
    file.write_all(&(values.len() as u64).to_le_bytes())?;
    file.write_all(&checksum(&table).to_le_bytes())?;
    file.write_all(&table)?;
    for (_, value) in values {
        file.write_all(value)?;
    }
    file.flush()
}

fn read_entry(entry: &[u8]) -> Option<(Address, u32, u64)> {
    let (kind, rest) = entry.split_first()?;
    let key = u128::from_le_bytes(rest.get(..16)?.try_into().ok()?);
    let length = u32::from_le_bytes(rest.get(16..20)?.try_into().ok()?);
    let check = u64::from_le_bytes(rest.get(20..28)?.try_into().ok()?);
    Some(((*kind, Key(key)), length, check))
}

fn number(bytes: &[u8]) -> u64 {
    let eight = bytes.get(..8).and_then(|bytes| bytes.try_into().ok());
    eight.map_or(u64::MAX, u64::from_le_bytes)
}

fn bad() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

/// Against accidents, not against intent: eight bytes a step.
fn checksum(bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut hash = bytes.len() as u64 ^ PRIME;
    let mut eights = bytes.chunks_exact(8);
    for eight in &mut eights {
        hash = (hash ^ number(eight)).wrapping_mul(PRIME).rotate_left(29);
    }
    for byte in eights.remainder() {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(PRIME).rotate_left(29);
    }
    hash
}
