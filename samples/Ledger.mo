import MemoryRegion "mo:memory-region/MemoryRegion";

/// Point at a blob literal: the hover says what its bytes decode to.
persistent actor Ledger {

  // A principal: ten bytes, as a canister id has them.
  let index : Blob = "\00\00\00\00\00\00\00\02\01\01";

  // Candid: the number 42, then a text.
  let fortyTwo : Blob = "\44\49\44\4c\00\01\7d\2a";
  let greeting : Blob = "\44\49\44\4c\00\01\71\05\68\65\6c\6c\6f";

  // CBOR: { "name": "ledger", "fee": 10000 }
  let settings : Blob = "\a2\64\6e\61\6d\65\66\6c\65\64\67\65\72\63\66\65\65\19\27\10";

  // The first bytes of a memory manager's page, and of a BTreeMap's header.
  let manager : Blob = "\4d\47\52\01\05\00\80\00";
  let map : Blob = "\42\54\52\02\00\04\00\00";

  let region = MemoryRegion.new();

  public func store() : async Nat {
    let address = MemoryRegion.addBlob(region, greeting);
    ignore MemoryRegion.addBlob(region, settings);
    address;
  };
};
