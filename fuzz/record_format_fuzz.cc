// The log's bytes one structure at a time: headers of logs and records, sets of sequence numbers,
// the bodies of what is no message. No length is believed beyond the bytes that are there, and what
// is taken is written back as it was.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "input.h"
#include "maildrop/log/format/record_body.h"
#include "maildrop/log/format/record_format.h"
#include "maildrop/log/format/uid.h"

namespace {

using namespace restante;       // NOLINT(google-build-using-namespace): a program of its own
using namespace maildrop::log;  // NOLINT(google-build-using-namespace)

void check_log_header(std::string_view text) {
  const ByteView bytes = as_bytes(text);
  const auto account = account_of_log(bytes);
  static_cast<void>(is_foreign_log(bytes, "alice@example.test"));
  if (!account) return;
  const auto header = decode_log_header(bytes, *account);
  RESTANTE_CHECK(header && header->account == *account && !is_foreign_log(bytes, *account));
  const std::string again = encode_log_header(*header);
  RESTANTE_CHECK(again.size() == records_start(*account));
  RESTANTE_CHECK(decode_log_header(as_bytes(again), *account).has_value());
  RESTANTE_CHECK(!decode_log_header(bytes, *account + "x"));
}

/// A header made of the input decodes to itself at its place, and nowhere else.
void check_made_header(std::string_view text) {
  fuzz::Input input(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  RecordHeader header;
  header.type = static_cast<RecordType>(input.take_byte());
  header.flags = static_cast<std::uint16_t>(input.take_number());
  header.key = input.take_number() << 48U;
  header.octets = input.take_number();
  header.body_bytes = input.take_number();
  header.uid = input.take_piece(limits::kUidBytesMax);
  const std::string encoded = encode_record_header(header, 7, 64);
  const auto decoded = decode_record_header(as_bytes(encoded), 7, 64);
  const bool has_good_uid = header.uid.empty() || check_uid(header.uid);
  RESTANTE_CHECK(decoded.has_value() == has_good_uid);
  if (!decoded) return;
  RESTANTE_CHECK(decoded->uid == header.uid && decoded->type == header.type);
  RESTANTE_CHECK(decoded->key == header.key && decoded->flags == header.flags);
  RESTANTE_CHECK(decoded->body_bytes == header.body_bytes);
  RESTANTE_CHECK(!decode_record_header(as_bytes(encoded), 7, 72));
  RESTANTE_CHECK(!decode_record_header(as_bytes(encoded), 8, 64));
}

void check_body(std::string_view text) {
  for (unsigned type = 0; type < 8; ++type) {
    const auto content = decode_content(static_cast<RecordType>(type), as_bytes(text));
    if (!content) continue;
    const std::string again = encode_content(static_cast<RecordType>(type), *content);
    const auto second = decode_content(static_cast<RecordType>(type), as_bytes(again));
    RESTANTE_CHECK(second && encode_content(static_cast<RecordType>(type), *second) == again);
    RESTANTE_CHECK(again.size() <= text.size());
  }
}

bool holds(const SequenceSet& set, std::uint64_t number) { return set.contains(Sequence{number}); }

/// Sets of what the input says, at the ends of every range.
void check_sets(std::string_view text) {
  const auto half = text.size() / 32 * 16;
  const auto a = SequenceSet::decode(as_bytes(text.substr(0, half)));
  const auto b = SequenceSet::decode(as_bytes(text.substr(half, half)));
  if (!a || !b) return;
  SequenceSet both = *a;
  both.add(*b);
  SequenceSet without = *a;
  without.remove(*b);
  SequenceSum sum;
  sum.add(*a);
  sum.add(*b);
  const SequenceSet& all = sum.merged();
  for (const auto& range : all.ranges())
    for (const std::uint64_t at : {range.first, range.last, range.first - 1, range.last + 1}) {
      RESTANTE_CHECK(holds(all, at) == (holds(*a, at) || holds(*b, at)));
      RESTANTE_CHECK(holds(both, at) == holds(all, at));
      RESTANTE_CHECK(holds(without, at) == (holds(*a, at) && !holds(*b, at)));
    }
  for (const auto& range : b->ranges())
    RESTANTE_CHECK(!holds(without, range.first) && !holds(without, range.last));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_log_header(text);
  static_cast<void>(decode_record_header(as_bytes(text), 0, 0));
  check_made_header(text);
  check_body(text);
  check_sets(text);
  return 0;
}
