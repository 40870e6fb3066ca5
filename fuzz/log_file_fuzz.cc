// A maildrop whose log, index and aside file are any bytes, with right checksums put in where the
// input asks for it: it is listed, read, checked, dumped, repaired, delivered to and opened again
// without a crash. No message is given out that its checksum does not match or whose bytes the log
// does not hold, and what is delivered now is there afterwards.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "disk/memory.h"
#include "input.h"
#include "maildrop/log/check/check.h"
#include "maildrop/log/check/dump.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/format/record_format.h"
#include "maildrop/log/format/uid.h"
#include "maildrop/log/test_support.h"

namespace {

using namespace restante;       // NOLINT(google-build-using-namespace): a program of its own
using namespace maildrop::log;  // NOLINT(google-build-using-namespace)
using maildrop::MessageInfo;
using maildrop::View;

constexpr unsigned kSealLogHeader = 1;
constexpr unsigned kSealRecords = 2;
constexpr unsigned kSealBodies = 4;
constexpr unsigned kSealIndex = 8;
const std::string kNew = "Subject: new\r\n\r\nDelivered now.\r\n";

/// Puts the checksum where the last eight bytes are.
void seal_end(MutableBytes bytes) {
  if (bytes.size() < sizeof(Checksum)) return;
  const std::size_t at = bytes.size() - sizeof(Checksum);
  put_le(bytes, at, checksum(bytes.first(at)));
}

/// The record at `at`, with the checksums that it ought to have.
void seal_record(MutableBytes log, std::size_t at, unsigned choice, std::uint64_t seed) {
  const ByteView bytes = log.subspan(at);
  RecordHeader header;
  header.type = static_cast<RecordType>(get_le<std::uint8_t>(bytes, 4));
  const std::size_t uid_bytes = get_le<std::uint8_t>(bytes, 5);
  header.flags = get_le<std::uint16_t>(bytes, 6);
  header.key = get_le<std::uint64_t>(bytes, 16);
  header.octets = get_le<std::uint64_t>(bytes, 24);
  header.time = WallTime(
      std::chrono::milliseconds(static_cast<std::int64_t>(get_le<std::uint64_t>(bytes, 32))));
  header.body_bytes = get_le<std::uint64_t>(bytes, 40);
  header.body_checksum = get_le<Checksum>(bytes, 48);
  if (uid_bytes > limits::kUidBytesMax || kRecordHeaderBytes + align(uid_bytes) > bytes.size())
    return;
  header.uid = as_text(bytes.subspan(kRecordHeaderBytes, uid_bytes));
  const ByteView body = bytes.subspan(record_header_bytes(header));
  if ((choice & kSealBodies) != 0 && header.body_bytes <= body.size())
    header.body_checksum = checksum(body.first(static_cast<std::size_t>(header.body_bytes)));
  const std::string sealed = encode_record_header(header, seed, at);
  std::ranges::copy(as_bytes(sealed), log.begin() + static_cast<std::ptrdiff_t>(at));
}

/// `account` stands in the header that is made right.
void seal(std::string& text, unsigned choice, std::string_view account) {
  const MutableBytes log = std::as_writable_bytes(std::span(text));
  const std::size_t copy_bytes = log_header_bytes(account);
  if (log.size() < 2 * copy_bytes) return;
  for (std::size_t copy = 0; copy < 2 && (choice & kSealLogHeader) != 0; ++copy)
    seal_end(log.subspan(copy * copy_bytes, copy_bytes));
  const auto header = decode_log_header(log, account);
  if (!header || (choice & kSealRecords) == 0) return;
  for (std::size_t at = 2 * copy_bytes; at < log.size(); at += kAlignment)
    if (looks_like_record(log.subspan(at))) seal_record(log, at, choice, header->seed);
}

class Maildrop {
 public:
  explicit Maildrop(fuzz::Input input) : choice_(input.take_byte()) {
    std::string index(input.take_piece(input.take_number()));
    const std::string_view aside = input.take_piece(input.take_number());
    log_ = input.rest();
    seal(log_, choice_, kAccount);
    if ((choice_ & kSealIndex) != 0) seal_end(std::as_writable_bytes(std::span(index)));
    const LogPaths paths = log_paths("/data", kAccount);
    for (const std::string& folder : {std::string("/data"), paths.maildrops, paths.directory})
      RESTANTE_CHECK(disk_.create_directory(folder).has_value());
    disk_.set_content(paths.log, log_);
    if (!index.empty()) disk_.set_content(paths.index, index);
    if (!aside.empty()) disk_.set_content(paths.aside, aside);
  }

  void live() {
    look();
    TestStore store(disk_);
    const auto first = read_all(store);
    static_cast<void>(store->list(kAccount, View::kDefault));
    const auto receipt = store.deliver(kNew);
    expect(store, first, receipt);
    const bool repaired = store->repair(kAccount, {}).has_value();
    expect(store, repaired ? std::vector<std::string>() : first, receipt);
    static_cast<void>(store->undelete(kAccount, View::kDefault, {}));
    static_cast<void>(store->upkeep(kAccount, {}, {}));
    const auto kept = read_all(store);
    if ((choice_ & 16U) != 0) static_cast<void>(store->close());
    store.reopen();
    expect(store, kept, receipt);
    look();
  }

 private:
  /// As tools do, beside a server.
  void look() {
    const LogPaths paths = log_paths("/data", kAccount);
    static_cast<void>(check_log(disk_, paths, maildrop::CheckDepth::kAll, {}));
    static_cast<void>(check_maildrop(disk_, "/data", kAccount, {}));
    const auto file = disk_.open(paths.log, disk::OpenMode::kRead);
    if (!file) return;
    std::uint64_t end = 0;
    const auto dumped = dump_log(**file, (*file)->status()->size, {}, [&end](const DumpLine& line) {
      RESTANTE_CHECK(line.offset >= end);
      end = line.offset + line.bytes;
    });
    if (dumped) RESTANTE_CHECK(end <= (*file)->status()->size);
  }

  /// The uids of the messages that can be read.
  std::vector<std::string> read_all(TestStore& store) {
    std::vector<std::string> uids;
    const auto session = store.open();
    for (std::uint32_t i = 1; session && i <= (*session)->count(); ++i) {
      const std::string uid = TestStore::uid(**session, i);
      RESTANTE_CHECK(check_uid(uid).has_value());
      const std::string text = TestStore::read_text(**session, MessageNumber{i});
      if (text.starts_with('!') && text != "!") continue;
      const MessageInfo& info = (*session)->info(MessageNumber{i});
      RESTANTE_CHECK(text.size() == info.wire_bytes);
      RESTANTE_CHECK(checksum(as_bytes(text)) == info.wire_checksum);
      RESTANTE_CHECK(log_.find(text) != std::string::npos || text == kNew);
      uids.push_back(uid);
    }
    return uids;
  }

  /// What could be read before still can, and what was delivered too.
  void expect(TestStore& store, std::vector<std::string> uids,
              const Result<maildrop::Receipt>& receipt) {
    if (receipt) uids.push_back(receipt->uid);
    const auto found = read_all(store);
    for (const std::string& uid : uids)
      RESTANTE_CHECK(std::ranges::find(found, uid) != found.end());
  }

  disk::MemoryDisk disk_;
  const unsigned choice_;
  std::string log_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Maildrop maildrop(fuzz::Input(data, size));
  maildrop.live();
  return 0;
}
