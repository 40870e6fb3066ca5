#include "migrate/sources/mbox.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "migrate/formats/from_line.h"
#include "migrate/formats/lines.h"
#include "migrate/sources/stored_mail.h"

namespace restante::migrate {
namespace {

constexpr std::size_t kChunkBytes = 1U << 20;
constexpr std::size_t kFromLineBytes = 1024;

/// Whether a message may end at `offset`: the file does, or an empty line and a "From " line are
/// there.
bool may_end_at(int file, std::uint64_t bytes, std::uint64_t offset) {
  if (offset == bytes) return true;
  if (offset > bytes) return false;
  std::string buffer(kFromLineBytes, '\0');
  const auto count = read_at(file, offset, buffer);
  if (!count) return false;
  std::string_view rest = std::string_view(buffer).substr(0, *count);
  if (rest == "\n" || rest == "\r\n") return offset + rest.size() == bytes;
  return take_line(rest).empty() && parse_from_line(take_line(rest)).has_value();
}

/// ">From " becomes "From ": mailutils added the sign, and removes it again.
void unquote(std::string_view body, std::string& out) {
  while (!body.empty()) {
    const std::size_t end = std::min(body.find('\n'), body.size() - 1) + 1;
    std::string_view line = body.substr(0, end);
    body.remove_prefix(end);
    if (line.starts_with(">From ")) line.remove_prefix(1);
    out += line;
  }
}

}  // namespace

Status Mbox::open() {
  RESTANTE_TRY(auto file, open_file(options_.file));
  file_ = std::move(file);
  RESTANTE_CHECKED(lock());
  RESTANTE_TRY(const FileFacts facts, look_at(file_.number()));
  facts_ = facts;
  return ok();
}

Status Mbox::lock() const {
  // Both ways of locking: a delivery agent may use one alone.
  struct stat beside {};
  if (::lstat((options_.file.text + ".lock").c_str(), &beside) == 0)
    return Error(Errc::kBusy, options_.file.text + " is locked by " + options_.file.text + ".lock");
  // Of the open file: a process's own lock would go with the first descriptor of the file that is
  // closed.
  struct flock wanted {};
  wanted.l_type = F_RDLCK;
  wanted.l_whence = SEEK_SET;
  if (::fcntl(file_.number(), F_OFD_SETLK, &wanted) == 0) return ok();
  if (errno == EAGAIN || errno == EACCES)
    return Error(Errc::kBusy, options_.file.text + " is being written");
  return Error(Errc::kIo, options_.file.text + ": cannot be locked");
}

Status Mbox::check_unchanged() const {
  // A writer that keeps no lock; what was read of the file may belong to two states of it.
  RESTANTE_TRY(const FileFacts now, look_at(file_.number()));
  if (now.bytes == facts_.bytes && now.modified == facts_.modified) return ok();
  return Error(Errc::kBusy, options_.file.text + " was written meanwhile");
}

Result<std::vector<MboxMessage>> Mbox::scan(Separator separator) const {
  MboxScan::MayEndAt counts;  // Only Dovecot looks at Content-Length.
  if (separator == Separator::kForm)
    counts = [this](std::uint64_t offset) {
      return may_end_at(file_.number(), facts_.bytes, offset);
    };
  MboxScan scan(separator, std::move(counts));
  std::string chunk(kChunkBytes, '\0');
  for (std::uint64_t offset = 0; offset < facts_.bytes;) {
    const std::size_t want = std::min<std::uint64_t>(chunk.size(), facts_.bytes - offset);
    RESTANTE_TRY(const std::size_t count,
                 read_at(file_.number(), offset, std::span(chunk).first(want)));
    if (count == 0) break;
    Status taken = scan.write(std::string_view(chunk).substr(0, count));
    if (!taken) return Error(taken.error().code, options_.file.text + ": " + taken.error().detail);
    offset += count;
  }
  Status ended = scan.finish();
  if (!ended) return Error(ended.error().code, options_.file.text + ": " + ended.error().detail);
  return std::move(scan.messages());
}

Item Mbox::to_item(std::size_t index) const {
  const MboxMessage& message = messages_[index];
  Item item;
  item.place =
      "message " + std::to_string(index + 1) + " (at octet " + std::to_string(message.begin) + ")";
  item.own_uid = message.sum;
  item.arrived = WallTime(std::chrono::seconds(message.arrived));
  item.key = index;
  item.octets = message.end - message.begin;
  return item;
}

/// Numbers count while they ascend, as in Dovecot, which gives new ones to the others.
void Mbox::give_dovecot_ids(Listing& listing) {
  listing.ids = "X-UID, " + options_.format.text();
  // The first message alone has the validity, as in Dovecot.
  const std::uint32_t validity = messages_.empty() ? 0 : messages_.front().notes.uid_validity;
  std::uint32_t last = 0;
  for (std::size_t i = 0; i < messages_.size(); ++i) {
    const MboxNotes& notes = messages_[i].notes;
    // The note about the file that c-client keeps as a first message; servers do not show it.
    if (i == 0 && notes.is_internal) continue;
    Item item = to_item(i);
    UidlValues values;
    values.header_md5 = notes.md5;
    if (validity != 0 && notes.uid > last) {
      values.uid = last = notes.uid;
      values.uid_validity = validity;
    }
    if (values.uid != 0 || !options_.format.needs_uid()) item.uid = options_.format.expand(values);
    listing.items.push_back(std::move(item));
  }
}

void Mbox::give_x_uidl_ids(Listing& listing) {
  listing.ids = "X-UIDL";
  for (std::size_t i = 0; i < messages_.size(); ++i) {
    Item item = to_item(i);
    item.uid = messages_[i].notes.uidl;
    listing.items.push_back(std::move(item));
  }
}

Result<Listing> Mbox::list() {
  Listing listing;
  RESTANTE_CHECKED(open());
  const bool asks = options_.ids == MboxIds::kFound;
  by_x_uidl_ = options_.ids == MboxIds::kXUidl;
  RESTANTE_TRY(auto messages, scan(by_x_uidl_ ? Separator::kAfterEmpty : Separator::kForm));
  if (asks && !messages.empty() && !messages.front().notes.uidl.empty()) {
    // The two servers separate messages differently, and their ids belong to their messages.
    by_x_uidl_ = true;
    RESTANTE_TRY(auto again, scan(Separator::kAfterEmpty));
    messages = std::move(again);
  }
  RESTANTE_CHECKED(check_unchanged());
  messages_ = std::move(messages);
  const bool names_files = options_.format.names('f') || options_.format.names('g');
  if (!by_x_uidl_ && names_files)
    return Error(Errc::kSyntax, "pop3_uidl_format " + options_.format.text() +
                                    ": %f and %g are not in an mbox; take it by POP3");
  if (by_x_uidl_) {
    give_x_uidl_ids(listing);
  } else {
    give_dovecot_ids(listing);
  }
  return listing;
}

Status Mbox::read(Item& item, std::string& wire) {
  RESTANTE_CHECKED(check_unchanged());
  const MboxMessage& message = messages_.at(item.key);
  if (message.end - message.begin > kMessageBytesMax)
    return Error(Errc::kLimit, std::to_string(message.end - message.begin) + " octets");
  std::string raw(message.end - message.begin, '\0');
  RESTANTE_TRY(const std::size_t count, read_at(file_.number(), message.begin, raw));
  if (count != raw.size()) return Error(Errc::kBusy, options_.file.text + " was cut meanwhile");
  const std::size_t header = message.body - message.begin;
  std::string shown;
  shown.reserve(raw.size());
  append_without_notes(std::string_view(raw).substr(0, header), by_x_uidl_, shown);
  const std::string_view body = std::string_view(raw).substr(header);
  if (by_x_uidl_) {
    unquote(body, shown);
  } else {
    shown += body;
  }
  to_wire(shown, wire);
  return ok();
}

}  // namespace restante::migrate
