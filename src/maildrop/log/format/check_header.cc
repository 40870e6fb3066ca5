#include "maildrop/log/format/check_header.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace restante::maildrop::log {
namespace {

constexpr std::size_t kNameBytesMax = 1024;  // More than any account's name.
constexpr std::size_t kLookedAtBytes = 2 * (128 + kNameBytesMax);

/// The copy that starts with these bytes, whosever it is.
std::optional<LogHeader> copy_at(ByteView bytes) {
  const auto account = account_of_log(bytes);
  if (!account) return std::nullopt;
  auto header = decode_log_header(bytes, *account);
  if (!header) return std::nullopt;
  return std::move(*header);
}

bool all_zero(ByteView bytes) {
  return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; });
}

}  // namespace

Result<FoundHeader> find_log_header(disk::File& file) {
  std::vector<std::byte> buffer(kLookedAtBytes);
  RESTANTE_TRY(const std::size_t got, file.read(0, buffer));
  const ByteView bytes = ByteView(buffer).first(got);
  FoundHeader found;
  if (auto first = copy_at(bytes)) {
    found.header = std::move(*first);
    // A maildrop counts as made only with both copies, which are written before the first record.
    if (got < found.records_start()) return Error(Errc::kState, "log header: never completed");
    found.second_damaged = !copy_at(bytes.subspan(log_header_bytes(found.header.account)));
    return found;
  }
  for (std::size_t offset = kAlignment; offset < got; offset += kAlignment) {
    auto second = copy_at(bytes.subspan(offset));
    // Its place depends on the account's name, which only the copy itself tells: so it is looked
    // for at each one.
    if (!second || log_header_bytes(second->account) != offset) continue;
    found.header = std::move(*second);
    found.first_damaged = true;
    return found;
  }
  // A power loss during the creation may leave the length without the content.
  if (got < records_start("") || (got < kLookedAtBytes && all_zero(bytes)))
    return Error(Errc::kState, "log header: never completed");
  return Error(Errc::kCorrupt, "log header: no copy is intact, or it is of another version");
}

}  // namespace restante::maildrop::log
