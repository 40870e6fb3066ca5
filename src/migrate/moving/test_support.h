// For the tests of this folder: an old mailbox in memory, and a store on a disk in memory.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "disk/memory.h"
#include "maildrop/doors/open.h"
#include "migrate/sources/source.h"
#include "migrate/sources/stored_mail.h"

namespace restante::migrate {

inline constexpr const char* kAlice = "alice@example.test";

inline WallTime day(int number) { return WallTime(std::chrono::hours(24 * number)); }

class MemorySource : public Source {
 public:
  /// Arrived on the day of its number, from 1.
  void add(const std::string& uid, const std::string& text) {
    Item item;
    item.uid = uid;
    item.place = "message " + std::to_string(texts_.size() + 1);
    item.own_uid = "own-" + item.place.substr(8);
    item.key = texts_.size();
    item.octets = text.size();
    texts_.push_back(text);
    item.arrived = day(static_cast<int>(texts_.size()));
    listing.items.push_back(std::move(item));
  }
  void change(std::size_t index, const std::string& text) { texts_[index] = text; }

  Result<Listing> list() override { return listing; }
  Status read(Item& item, std::string& wire) override {
    if (texts_[item.key] == "gone") return Error(Errc::kNotFound, "it is gone");
    if (texts_[item.key] == "broken disk") return Error(Errc::kIo, "broken disk");
    to_wire(texts_[item.key], wire);
    return ok();
  }

  Listing listing{"test", {}};

 private:
  std::vector<std::string> texts_;
};

/// What waits in a maildrop: "uid day text".
inline std::vector<std::string> mail_in(maildrop::Store& store) {
  std::vector<std::string> out;
  const auto session = store.open(kAlice, maildrop::View::kDefault);
  if (!session) return {session.error().message()};
  for (std::uint32_t number = 1; number <= (*session)->count(); ++number) {
    std::string line;
    (*session)->append_uid(MessageNumber{number}, line);
    const auto since = (*session)->info(MessageNumber{number}).arrived.time_since_epoch();
    line += " " + std::to_string(std::chrono::floor<std::chrono::days>(since).count()) + " ";
    auto reader = (*session)->read(MessageNumber{number});
    std::string buffer(4096, '\0');
    while (reader) {
      const auto count = (*reader)->read(std::as_writable_bytes(std::span(buffer)));
      if (!count || *count == 0) break;
      line.append(buffer, 0, *count);
    }
    out.push_back(std::move(line));
  }
  return out;
}

inline std::unique_ptr<maildrop::Store> open_store(disk::Disk& disk) {
  auto store = maildrop::open_store(disk, maildrop::StoreSettings("/data", system_clock()));
  return std::move(*store);
}

}  // namespace restante::migrate
