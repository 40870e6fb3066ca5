// For the tests of this folder: a store on a disk, and mail to put into it.
#pragma once

#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "disk/disk.h"
#include "maildrop/log/log_store.h"

namespace restante::maildrop::log {

/// Mail in memory.
class TextSource final : public Source {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] std::uint64_t size() const override { return text_.size(); }
  Status read(std::uint64_t offset, MutableBytes target) override {
    if (fails_from_ <= offset + target.size()) return Error(Errc::kIo, "source");
    std::memcpy(target.data(), text_.data() + offset, target.size());
    return ok();
  }
  void fail_from(std::uint64_t offset) { fails_from_ = offset; }

 private:
  const std::string text_;
  std::uint64_t fails_from_ = UINT64_MAX;
};

inline constexpr const char* kAccount = "alice@example.test";

/// The end of a session that deletes these.
inline SessionEnd end_deleting(std::vector<MessageNumber> numbers) {
  return {std::move(numbers), {}};
}

/// Bytes that are the same in every run, and different for every call of one maker.
inline Random counting_random() {
  return [next = std::uint8_t{1}](MutableBytes target) mutable {
    for (std::byte& byte : target) byte = static_cast<std::byte>(next++);
    return ok();
  };
}

/// A store, and short words for what tests do with it.
class TestStore {
 public:
  explicit TestStore(disk::Disk& disk, std::string root = "/data")
      : settings_(std::move(root), clock_), disk_(disk) {
    settings_.random = counting_random();
    settings_.report = [this](const Damage& damage) { damages.push_back(damage); };
    settings_.index_worth_bytes = 1;
    reopen();
  }

  /// As after the death of the process: nothing is written.
  void reopen() {
    store_.reset();
    store_ = *open_log_store(disk_, settings_);
  }
  LogStoreSettings& settings() { return settings_; }
  Store& operator*() { return *store_; }
  Store* operator->() { return store_.get(); }

  Result<Receipt> deliver(const std::string& text, const std::string& account = kAccount,
                          std::optional<std::string> uid = std::nullopt) {
    TextSource source(text);
    NewMessage message("", source, text.size());
    message.arrived = WallTime(std::chrono::milliseconds(1'700'000'000'000));
    message.uid = std::move(uid);
    return store_->deliver(account, message);
  }

  /// Which of them were delivered.
  std::vector<bool> deliver_together(const std::vector<std::string>& texts) {
    std::deque<TextSource> sources;
    std::deque<NewMessage> messages;
    std::vector<const NewMessage*> all;
    for (const std::string& text : texts) {
      all.push_back(&messages.emplace_back("", sources.emplace_back(text), text.size()));
      messages.back().arrived = WallTime(std::chrono::milliseconds(1'700'000'000'000));
    }
    std::vector<bool> delivered;
    for (const auto& outcome : store_->deliver_together(kAccount, all))
      delivered.push_back(outcome.has_value());
    return delivered;
  }

  Result<std::unique_ptr<Session>> open(const std::string& account = kAccount) {
    return store_->open(account, View::kDefault);
  }

  /// The messages that a session finds, whole; "!corrupt" and the like for those it cannot read.
  std::vector<std::string> texts(const std::string& account = kAccount) {
    auto session = open(account);
    if (!session) return {"!!" + session.error().message()};
    std::vector<std::string> out;
    for (std::uint32_t i = 1; i <= (*session)->count(); ++i)
      out.push_back(read_text(**session, MessageNumber{i}));
    return out;
  }

  static std::string read_text(Session& session, MessageNumber number, std::size_t piece = 4096) {
    auto reader = session.read(number);
    if (!reader) return "!" + std::string(to_string(reader.error().code));
    std::string out;
    std::string buffer(piece, '\0');
    for (;;) {
      const auto got = (*reader)->read(std::as_writable_bytes(std::span(buffer)));
      if (!got) return "!" + std::string(to_string(got.error().code));
      if (*got == 0) return out;
      out.append(buffer, 0, *got);
    }
  }

  static std::string uid(const Session& session, std::uint32_t number) {
    std::string out;
    session.append_uid(MessageNumber{number}, out);
    return out;
  }

  ManualClock clock_{WallTime(std::chrono::milliseconds(1'700'000'000'000))};
  std::vector<Damage> damages;

 private:
  LogStoreSettings settings_;
  disk::Disk& disk_;
  std::unique_ptr<Store> store_;
};

}  // namespace restante::maildrop::log
