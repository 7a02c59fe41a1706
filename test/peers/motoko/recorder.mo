/// Everything that the recorder for Motoko can print: of a region, and of a `MemoryRegion`.
import Nat64 "mo:core/Nat64";
import Recorder "mo:stable-memory-recorder";
import Region "mo:stable-memory-recorder/Region";
import Traced "mo:stable-memory-recorder/MemoryRegion";
import FirstFit "FirstFit";

persistent actor {
  Recorder.start();
  let region = Region.new();
  Recorder.declare(region);
  transient let Memory = Traced.MemoryRegion<FirstFit.MemoryRegion>(FirstFit);
  let memory = Memory.new();
  Memory.declare(memory);

  public func numbers() : async () {
    Recorder.message(
      "store \"numbers\"",
      func() {
        assert Region.grow(region, 2) == 0;
        Region.storeNat8(region, 0, 0x12);
        Region.storeNat16(region, 1, 0x1234);
        Region.storeNat32(region, 3, 0x1234_5678);
        Region.storeNat64(region, 7, 0x1234_5678_9abc_def0);
        Region.storeInt8(region, 15, -2);
        Region.storeInt16(region, 16, -3);
        Region.storeInt32(region, 18, -4);
        Region.storeInt64(region, 22, -5);
        Region.storeFloat(region, 30, 0.1);
        assert Region.loadInt64(region, 22) == -5 and Region.loadFloat(region, 30) == 0.1 and Region.loadNat8(region, 0) == 0x12;
        assert Region.size(region) == 2;
      },
    );
    Recorder.nameRange(region, 30, 8, "a tenth");
    Recorder.note("done\n\\");
  };

  public func blob(offset : Nat64, bytes : Blob) : async Blob {
    Recorder.messageWithResult(
      "store",
      func() : Blob {
        region.storeBlob(offset, bytes);
        region.loadBlob(offset, bytes.size());
      },
    );
  };

  public func growTooMuch() : async Nat64 { Region.grow(region, 0xffff_ffff_ffff_ffff) };

  public func blocks(bytes : Blob) : async () {
    Recorder.message(
      "blocks",
      func() {
        let first = Memory.addBlob(memory, bytes);
        let second = Memory.addNat32(memory, 7);
        let third = Memory.addFloat(memory, 2.5);
        assert Memory.removeNat32(memory, second) == 7;
        assert Memory.addNat16(memory, 8) == second;
        assert Memory.replaceBlob(memory, first, bytes.size(), "longer than before") != first;
        assert Memory.loadBlob(memory, third, 8).size() == 8 and Memory.loadBlob(memory, third, 0) == "";
        Memory.deallocateRange(memory, second, second + 2);
        ignore Memory.grow(memory, 1);
        Memory.growIfNeeded(memory, 10);
      },
    );
  };

  public func add(bytes : Blob) : async Nat64 { Nat64.fromNat(Memory.addBlob(memory, bytes)) };
  public func clear() : async () { Memory.clear(memory) };
  public func clearAndRetainHeader() : async () { Memory.clearAndRetainHeader(memory, 4) };
};
