#include "journal/search.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include "files/errors.h"
#include "journal/act_line.h"

namespace restante::journal {
namespace {

std::string with_brackets(std::string_view id) {
  return id.empty() || id.starts_with('<') ? std::string(id) : "<" + std::string(id) + ">";
}

/// A file as it is now; what is appended later is not in it.
class Mapped {
 public:
  static Result<Mapped> open(const files::Path& path) {
    RESTANTE_TRY(const files::Descriptor file, files::open_file(path, O_RDONLY));
    struct stat status {};
    if (::fstat(file.number(), &status) != 0) return files::system_error("stat", path);
    const auto octets = static_cast<std::size_t>(status.st_size);
    if (octets == 0) return Mapped(nullptr, 0);
    void* const start = ::mmap(nullptr, octets, PROT_READ, MAP_PRIVATE, file.number(), 0);
    if (start == MAP_FAILED) return files::system_error("map", path);
    static_cast<void>(::madvise(start, octets, MADV_SEQUENTIAL));
    return Mapped(static_cast<const char*>(start), octets);
  }
  Mapped(Mapped&& other) noexcept
      : start_(std::exchange(other.start_, nullptr)), octets_(std::exchange(other.octets_, 0)) {}
  Mapped& operator=(Mapped&&) = delete;
  ~Mapped() {
    if (start_ != nullptr) ::munmap(const_cast<char*>(start_), octets_);
  }
  [[nodiscard]] std::string_view text() const { return {start_, octets_}; }

 private:
  Mapped(const char* start, std::size_t octets) : start_(start), octets_(octets) {}
  const char* start_;
  std::size_t octets_;
};

}  // namespace

bool Filter::matches(const Act& act) const {
  const auto fits = [](const std::string& wanted, const std::string& is) {
    return wanted.empty() || wanted == is;
  };
  return (fits(account, act.account) || fits(account, act.recipient)) && fits(uid, act.uid) &&
         fits(with_brackets(message_id), act.message_id) && fits(session, act.session) &&
         fits(queue_id, act.queue_id) &&
         (kinds.empty() || std::find(kinds.begin(), kinds.end(), act.kind) != kinds.end()) &&
         (!since || act.when >= *since) && (!until || act.when < *until);
}

Search::Search(files::Path folder, Filter filter)
    : folder_(std::move(folder)), filter_(std::move(filter)) {
  // The rarest first. An account may stand under two keys: its value alone is looked for.
  if (!filter_.uid.empty()) needles_.push_back(pair_of("uid", filter_.uid));
  if (!filter_.message_id.empty())
    needles_.push_back(pair_of("message_id", with_brackets(filter_.message_id)));
  if (!filter_.session.empty()) needles_.push_back(pair_of("session", filter_.session));
  if (!filter_.queue_id.empty()) needles_.push_back(pair_of("queue_id", filter_.queue_id));
  if (!filter_.account.empty())
    needles_.push_back(pair_of("", filter_.account).substr(std::string_view("\"\"").size()));
  if (needles_.empty() && filter_.kinds.size() == 1)
    needles_.push_back(pair_of("act", name_of(filter_.kinds.front())));
}

/// Gives acts on in the order of their times, as far as they are out of it by kDisorder at most.
class Search::InOrder {
 public:
  explicit InOrder(const Visitor& visit) : visit_(visit) {}
  /// False: enough was seen.
  bool take(Act act) {
    const WallTime when = act.when;
    waiting_.emplace(when, std::move(act));
    return give(when - kDisorder);
  }
  bool finish() { return give(WallTime::max()); }

 private:
  static constexpr std::chrono::seconds kDisorder{5};

  bool give(WallTime until) {
    while (goes_on_ && !waiting_.empty() && waiting_.begin()->first <= until) {
      goes_on_ = visit_(waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
    }
    return goes_on_;
  }

  const Visitor& visit_;
  std::multimap<WallTime, Act> waiting_;
  bool goes_on_ = true;
};

Result<Searched> Search::run(const Visitor& visitor) {
  InOrder visit(visitor);
  RESTANTE_TRY(const std::vector<ActsFile> files, list_files(folder_));
  Searched searched;
  for (std::size_t i = 0; i < files.size(); ++i) {
    // The next file's beginning is where this one ended.
    if (filter_.since && i + 1 < files.size() && files[i + 1].begins < *filter_.since) continue;
    if (filter_.until && files[i].begins >= *filter_.until) break;
    auto place = std::find_if(places_.begin(), places_.end(),
                              [&](const Place& each) { return each.file == files[i].path; });
    if (place == places_.end()) place = places_.insert(place, {files[i].path, 0});
    if (files[i].octets <= place->octets) continue;
    RESTANTE_TRY(const Mapped mapped, Mapped::open(files[i].path));
    std::string_view text = mapped.text();
    const std::size_t end = text.rfind('\n');
    text = text.substr(0, end == std::string_view::npos ? 0 : end + 1);
    if (text.size() <= place->octets) continue;
    text.remove_prefix(place->octets);
    place->octets += text.size();
    if (!visit_lines(text, visit, searched)) return searched;
  }
  static_cast<void>(visit.finish());
  return searched;
}

bool Search::visit_lines(std::string_view text, InOrder& visit, Searched& searched) const {
  std::size_t at = 0;
  while (at < text.size()) {
    if (!needles_.empty()) {
      const std::string& needle = needles_.front();
      const void* const hit =
          ::memmem(text.data() + at, text.size() - at, needle.data(), needle.size());
      if (hit == nullptr) return true;
      const auto place = static_cast<std::size_t>(static_cast<const char*>(hit) - text.data());
      const std::size_t before = text.rfind('\n', place);
      at = before == std::string_view::npos ? 0 : before + 1;
    }
    const std::size_t end = text.find('\n', at);
    if (!visit_line(text.substr(at, end - at), visit, searched)) return false;
    at = end + 1;
  }
  return true;
}

bool Search::visit_line(std::string_view line, InOrder& visit, Searched& searched) const {
  for (const std::string& needle : needles_)
    if (line.find(needle) == std::string_view::npos) return true;
  Result<Act> act = parse_line(line);
  if (!act) {
    ++searched.broken;
    return true;
  }
  if (!filter_.matches(*act)) return true;
  ++searched.found;
  return visit.take(std::move(*act));
}

}  // namespace restante::journal
