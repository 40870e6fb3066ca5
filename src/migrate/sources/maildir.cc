#include "migrate/sources/maildir.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>
#include <tuple>

#include "base/numbers.h"
#include "migrate/formats/courier_list.h"
#include "migrate/formats/dovecot_uidlist.h"
#include "migrate/formats/lines.h"
#include "migrate/formats/uid_rule.h"
#include "migrate/sources/stored_mail.h"

namespace restante::migrate {
namespace {

constexpr char kUidlistName[] = "dovecot-uidlist";
constexpr char kCourierName[] = "courierpop3dsizelist";
constexpr std::uint64_t kListBytesMax = 1ULL << 30;

/// The seconds that begin a Maildir file's name.
std::uint64_t seconds_of(std::string_view name) {
  std::uint64_t seconds = 0;
  std::from_chars(name.data(), name.data() + name.size(), seconds);
  return seconds;
}

/// The size in the name: of the message with CRLF line ends (",W="), or of the file (",S=").
std::uint64_t octets_of(std::string_view name, std::uint64_t file_bytes) {
  // The size that POP3 says is wanted; it stands in the name so that no file has to be read for it.
  for (const std::string_view key : {",W=", ",S="}) {
    const std::size_t at = name.find(key);
    if (at == std::string_view::npos) continue;
    std::uint64_t octets = 0;
    const char* const begin = name.data() + at + key.size();
    const auto [end, fault] = std::from_chars(begin, name.data() + name.size(), octets);
    if (fault == std::errc{}) return octets;
  }
  return file_bytes;
}

/// Messages of a folder below, without looking at them.
std::uint64_t count_messages(int root, const std::string& name) {
  std::uint64_t count = 0;
  const auto folder = open_folder_in(root, name);
  if (!folder) return 0;
  for (const char* const part : {"cur", "new"}) {
    const auto opened = open_folder_in(folder->number(), part);
    if (opened)
      static_cast<void>(each_name(opened->number(), false, [&](std::string_view) { ++count; }));
  }
  return count;
}

}  // namespace

Status Maildir::open() {
  RESTANTE_TRY(auto root, open_folder(options_.folder));
  root_ = std::move(root);
  auto cur = open_folder_in(root_.number(), "cur");
  auto fresh = open_folder_in(root_.number(), "new");
  if (!cur || !fresh) {
    const Error& error = cur ? fresh.error() : cur.error();
    if (error.code != Errc::kNotFound)
      return Error(error.code, options_.folder.text + "/" + error.detail);
    return Error(Errc::kNotFound, options_.folder.text + ": no Maildir: it has no cur and new");
  }
  cur_ = std::move(*cur);
  new_ = std::move(*fresh);
  if (options_.control.text.empty()) return ok();
  RESTANTE_TRY(auto control, open_folder(options_.control));
  control_ = std::move(control);
  return ok();
}

Status Maildir::scan_folder(bool is_new, Listing& listing) {
  Status taken = ok();
  const std::string place = is_new ? "new/" : "cur/";
  const Status walked = each_name(folder_of(is_new), false, [&](std::string_view name) {
    if (files_.size() >= kMessagesMax) {
      taken = Error(Errc::kLimit, options_.folder.text + ": too many messages");
      return;
    }
    const auto facts = look_at(folder_of(is_new), std::string(name));
    // A missing file was renamed, and comes under its other name, or was deleted.
    if (facts) {
      files_.push_back({std::string(name), is_new, *facts, seconds_of(name)});
    } else if (facts.error().code == Errc::kIo) {
      taken = facts.error();
    } else if (facts.error().code == Errc::kSyntax) {
      listing.skipped.push_back({place + std::string(name), "no regular file"});
    }
  });
  RESTANTE_CHECKED(walked);
  return taken;
}

Status Maildir::scan(Listing& listing) {
  files_.clear();
  // In this order: a file that moves from new to cur meanwhile is met twice rather than never.
  RESTANTE_CHECKED(scan_folder(true, listing));
  RESTANTE_CHECKED(scan_folder(false, listing));
  std::ranges::sort(files_, [](const File& a, const File& b) {
    const auto key = [](const File& file) {
      return std::tuple(file.seconds, base_name(file.name), file.is_new);
    };
    return key(a) < key(b);
  });
  const auto twice = std::ranges::unique(
      files_, [](const File& a, const File& b) { return base_name(a.name) == base_name(b.name); });
  files_.erase(twice.begin(), twice.end());
  return ok();
}

Item Maildir::to_item(std::size_t index) const {
  const File& file = files_[index];
  Item item;
  item.place = (file.is_new ? "new/" : "cur/") + file.name;
  // The name up to ":" stays when a client reads the message: flags come behind it.
  item.own_uid = storable_uid(base_name(file.name));
  item.arrived = file.facts.modified;
  item.key = index;
  item.octets = octets_of(file.name, file.facts.bytes);
  return item;
}

Result<MaildirIds> Maildir::find_ids() const {
  if (options_.ids != MaildirIds::kFound) return options_.ids;
  const int lists = control_.is_open() ? control_.number() : root_.number();
  const auto dovecot = look_at(lists, kUidlistName);
  const auto courier = look_at(root_.number(), kCourierName);
  for (const auto* const found : {&dovecot, &courier})
    if (!*found && found->error().code != Errc::kNotFound) return (*found).error();
  if (dovecot && courier)
    // The younger one is of the server that has served last, and whose ids the clients know.
    return dovecot->modified >= courier->modified ? MaildirIds::kDovecot : MaildirIds::kCourier;
  if (dovecot || control_.is_open()) return MaildirIds::kDovecot;
  return courier ? MaildirIds::kCourier : MaildirIds::kNames;
}

void Maildir::give_names(Listing& listing) {
  listing.ids = "file names";
  for (std::size_t i = 0; i < files_.size(); ++i) {
    Item item = to_item(i);
    item.uid = base_name(files_[i].name);
    listing.items.push_back(std::move(item));
  }
}

Status Maildir::give_dovecot_ids(Listing& listing) {
  const UidlFormat& format = options_.format;
  if (format.names('m'))
    return Error(Errc::kSyntax,
                 "pop3_uidl_format " + format.text() + ": %m is for mbox, and this is a Maildir");
  listing.ids = std::string(kUidlistName) + ", " + format.text();
  const int lists = control_.is_open() ? control_.number() : root_.number();
  const auto text = read_file(lists, kUidlistName, kListBytesMax);
  if (!text && text.error().code != Errc::kNotFound) return text.error();
  Uidlist list;
  if (text) {
    RESTANTE_TRY(auto parsed, parse_uidlist(*text));
    list = std::move(parsed);
  }
  // Dovecot's order: messages with a place of their own (O) first, then by numbers, then the
  // others.
  constexpr std::uint64_t kLast = std::numeric_limits<std::uint64_t>::max();
  std::vector<std::pair<std::uint64_t, std::uint64_t>> order(files_.size(), {kLast, kLast});
  for (std::size_t i = 0; i < files_.size(); ++i) {
    Item item = to_item(i);
    const std::string_view name = base_name(files_[i].name);
    UidlValues values;
    values.file_name = values.guid = name;
    const auto found = list.entries.find(name);
    if (found != list.entries.end()) {
      const UidlistEntry& entry = found->second;
      values.uid = entry.uid;
      values.uid_validity = list.uid_validity;
      if (!entry.guid.empty()) values.guid = entry.guid;
      if (entry.octets) item.octets = *entry.octets;
      order[i] = {entry.pop3_order ? std::uint64_t{*entry.pop3_order} : kLast, entry.uid};
      if (entry.pop3_uidl) item.uid = entry.pop3_uidl->empty() ? name : *entry.pop3_uidl;
    }
    if (item.uid.empty() && (values.uid != 0 || !format.needs_uid()))
      item.uid = format.expand(values);
    listing.items.push_back(std::move(item));
  }
  std::ranges::stable_sort(listing.items, {}, [&](const Item& item) { return order[item.key]; });
  return ok();
}

Status Maildir::give_courier_ids(Listing& listing) {
  const auto text = read_file(root_.number(), kCourierName, kListBytesMax);
  if (!text && text.error().code != Errc::kNotFound) return text.error();
  CourierList list;
  if (text) {
    RESTANTE_TRY(auto parsed, parse_courier_list(*text));
    list = std::move(parsed);
  }
  listing.ids = std::string(kCourierName) + ", version " + std::to_string(list.version);
  for (std::size_t i = 0; i < files_.size(); ++i) {
    Item item = to_item(i);
    const std::string_view name = base_name(files_[i].name);
    const auto found = list.uids.find(name);
    if (found != list.uids.end()) item.uid = found->second;
    if (item.uid.empty() && list.version == 0) item.uid = courier_name_uid(name);
    listing.items.push_back(std::move(item));
  }
  return ok();
}

Status Maildir::give_ids(Listing& listing) {
  RESTANTE_TRY(const MaildirIds ids, find_ids());
  if (ids == MaildirIds::kDovecot) return give_dovecot_ids(listing);
  if (ids == MaildirIds::kCourier) return give_courier_ids(listing);
  give_names(listing);
  return ok();
}

Status Maildir::count_folders(Listing& listing) const {
  std::set<std::string> names;
  for (const bool dotted : {true, false})
    RESTANTE_CHECKED(each_name(root_.number(), dotted, [&](std::string_view name) {
      if (name != "cur" && name != "new" && name != "tmp") names.emplace(name);
    }));
  for (const std::string& name : names)
    if (const std::uint64_t messages = count_messages(root_.number(), name); messages > 0)
      listing.folders.push_back({name, messages});
  return ok();
}

Result<Listing> Maildir::list() {
  Listing listing;
  RESTANTE_CHECKED(open());
  RESTANTE_CHECKED(scan(listing));
  listing.items.reserve(files_.size());
  RESTANTE_CHECKED(give_ids(listing));
  RESTANTE_CHECKED(count_folders(listing));
  return listing;
}

/// It lies behind the trusted part, as the whole mailbox does.
Result<std::unique_ptr<Source>> Maildir::source_of(const OtherFolder& folder) {
  MaildirOptions options = options_;
  options.folder.text += "/" + folder.name;
  if (!options.control.text.empty()) options.control.text += "/" + folder.name;
  return std::make_unique<Maildir>(std::move(options));
}

/// The file's present name: a client that reads changes the flags in it.
Result<std::string> Maildir::find_again(const File& file, bool& is_new) const {
  // "new" first, as in scan(): it moves only from there to "cur".
  for (const bool in_new : {true, false}) {
    std::string found;
    RESTANTE_CHECKED(each_name(folder_of(in_new), false, [&](std::string_view name) {
      if (base_name(name) == base_name(file.name)) found = name;
    }));
    is_new = in_new;
    if (!found.empty()) return found;
  }
  return Error(Errc::kNotFound, "it is gone");
}

Status Maildir::read(Item& item, std::string& wire) {
  const File& file = files_.at(item.key);
  auto text = read_file(folder_of(file.is_new), file.name, kMessageBytesMax);
  if (!text && text.error().code == Errc::kNotFound) {
    bool is_new = false;
    RESTANTE_TRY(const std::string name, find_again(file, is_new));
    text = read_file(folder_of(is_new), name, kMessageBytesMax);
  }
  if (!text) return text.error();
  // Before it is converted: a file of another kind would become mail that no client can show.
  RESTANTE_CHECKED(check_is_mail(*text));
  to_wire(*text, wire);
  return ok();
}

}  // namespace restante::migrate
