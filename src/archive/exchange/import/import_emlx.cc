#include "archive/exchange/import/import_emlx.h"

#include <algorithm>
#include <charconv>

#include "archive/exchange/import/aside.h"
#include "archive/exchange/import/import_message.h"
#include "base/ascii.h"

namespace restante::archive {
namespace {

// What Apple Mail writes is short; a longer end is none of it.
constexpr std::size_t kPlistBytesMax = 64U << 10;

// Bits of "flags".
constexpr std::uint64_t kRead = 1U << 0U;
constexpr std::uint64_t kDeleted = 1U << 1U;
constexpr std::uint64_t kAnswered = 1U << 2U;
constexpr std::uint64_t kFlagged = 1U << 4U;
constexpr std::uint64_t kDraft = 1U << 6U;
constexpr std::uint64_t kForwarded = 1U << 8U;

/// The number behind a key: `<key>flags</key> <integer>1</integer>`, or `<real>`.
std::optional<std::uint64_t> number_of(std::string_view plist, std::string_view key) {
  // Its form is fixed, so no XML parser is let at a stranger's file.
  const std::size_t at = plist.find("<key>" + std::string(key) + "</key>");
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t value = plist.find('>', plist.find("</key>", at) + 6);
  if (value == std::string_view::npos) return std::nullopt;
  const std::string_view digits = plist.substr(value + 1, 20);
  std::uint64_t number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (read.ec != std::errc()) return std::nullopt;
  return number;
}

}  // namespace

Told told_by_plist(std::string_view plist) {
  Told told;
  const std::uint64_t flags = number_of(plist, "flags").value_or(0);
  const std::pair<std::uint64_t, char> letters[] = {{kDraft, 'D'},     {kFlagged, 'F'},
                                                    {kForwarded, 'P'}, {kAnswered, 'R'},
                                                    {kRead, 'S'},      {kDeleted, 'T'}};
  for (const auto& [bit, letter] : letters)
    if ((flags & bit) != 0) told.flags += letter;
  // More is no time, and no arrival either.
  constexpr std::uint64_t kLatest = 1ULL << 40U;
  if (const auto received = number_of(plist, "date-received"))
    told.arrived = static_cast<std::int64_t>(std::min(*received, kLatest));
  return told;
}

Status import_emlx(Intake& intake, const SourceFile& file) {
  const std::size_t start = file.beginning.find('\n') + 1;
  const std::string_view count = trim(std::string_view(file.beginning).substr(0, start - 1));
  std::uint64_t octets = 0;
  std::from_chars(count.data(), count.data() + count.size(), octets);
  Aside aside(intake.tmp());
  std::string plist;
  std::uint64_t skip = start;
  RESTANTE_CHECKED(send_file(file.path, [&](std::string_view piece) {
    const auto skipped = std::min<std::uint64_t>(skip, piece.size());
    piece.remove_prefix(skipped);
    skip -= skipped;
    // The octets are counted in the first line; what follows them is not the message's.
    const std::string_view message =
        piece.substr(0, std::min<std::uint64_t>(piece.size(), octets - aside.size()));
    piece.remove_prefix(message.size());
    plist.append(piece.substr(0, kPlistBytesMax - std::min(kPlistBytesMax, plist.size())));
    return aside.write(message);
  }));
  RESTANTE_CHECKED(aside.flush());
  if (aside.size() < octets)
    // Taken all the same: half of a mail is more than none, and its owner is told.
    intake.fail(Error(Errc::kCorrupt, file.label + ": it is shorter than its first line says"));
  SourceFile message = file;
  message.path = aside.path();
  return import_message(intake, message, told_by_plist(plist));
}

}  // namespace restante::archive
