// Files of other servers, any bytes: never a crash, and what is read of them keeps its bounds. The
// first byte chooses the reader.

#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/limits.h"
#include "input.h"
#include "migrate/formats/courier_list.h"
#include "migrate/formats/dovecot_uidlist.h"
#include "migrate/formats/mbox_scan.h"
#include "migrate/formats/uid_rule.h"
#include "migrate/formats/uidl_format.h"
#include "migrate/sources/account_map.h"
#include "migrate/sources/place.h"

namespace {

using namespace restante::migrate;

void check_uid(std::string_view uid) {
  if (uid.empty()) return;
  const std::string kept = storable_uid(uid);
  RESTANTE_CHECK(!kept.empty() && kept.size() <= restante::limits::kUidBytesMax);
}

void read_lists(std::string_view text) {
  if (const auto list = parse_uidlist(text))
    for (const auto& [name, entry] : list->entries) {
      RESTANTE_CHECK(!name.empty() && entry.uid != 0);
      if (entry.pop3_uidl) check_uid(*entry.pop3_uidl);
    }
  if (const auto list = parse_courier_list(text))
    for (const auto& [name, uid] : list->uids) check_uid(uid);
}

/// Cut in two places: the same messages.
void read_mbox(restante::fuzz::Input& input) {
  const auto separator = input.take_byte() % 2 == 0 ? Separator::kForm : Separator::kAfterEmpty;
  const std::size_t first = input.take_number();
  const std::string_view file = input.rest();
  MboxScan whole(separator);
  MboxScan parts(separator);
  const std::size_t cut = std::min(first, file.size());
  const bool is_mbox = whole.write(file) && whole.finish();
  RESTANTE_CHECK(is_mbox == (parts.write(file.substr(0, cut)) && parts.write(file.substr(cut)) &&
                             parts.finish()));
  if (!is_mbox) return;
  RESTANTE_CHECK(whole.messages().size() == parts.messages().size());
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < whole.messages().size(); ++i) {
    const MboxMessage& message = whole.messages()[i];
    RESTANTE_CHECK(message.begin >= before && message.body >= message.begin);
    RESTANTE_CHECK(message.end >= message.body && message.end <= file.size());
    RESTANTE_CHECK(message.sum == parts.messages()[i].sum);
    before = message.end;
  }
}

void read_words(restante::fuzz::Input& input) {
  const std::string_view format = input.take_piece(input.take_byte());
  if (const auto parsed = UidlFormat::parse(format))
    check_uid(parsed->expand({7, 9, "name", "guid", "md5"}));
  const std::string_view source = input.take_piece(input.take_byte());
  const std::string_view account = input.take_piece(input.take_byte());
  if (const auto filled = fill_in(source, account)) {
    RESTANTE_CHECK(filled->fixed <= filled->text.size());
    if (const auto place = parse_place(*filled))
      RESTANTE_CHECK(place->trusted <= place->path.size());
  }
  for (const MapLine& line : parse_account_map(input.rest()).lines)
    RESTANTE_CHECK(!line.account.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  restante::fuzz::Input input(data, size);
  switch (input.take_byte() % 3) {
    case 0: read_lists(input.rest()); break;
    case 1: read_mbox(input); break;
    default: read_words(input);
  }
  return 0;
}
