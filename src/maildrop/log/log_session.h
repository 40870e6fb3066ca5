// A session: a snapshot of one view, and the view's lock for as long as it lives.
#pragma once

#include <memory>

#include "maildrop/log/drop/maildrop.h"

namespace restante::maildrop::log {

class LogSession final : public Session {
 public:
  /// Takes over the view's lock, which the maildrop has taken for it.
  LogSession(std::shared_ptr<Maildrop> maildrop, View view, Snapshot snapshot)
      : maildrop_(std::move(maildrop)), view_(view), snapshot_(std::move(snapshot)) {}
  LogSession(const LogSession&) = delete;
  LogSession& operator=(const LogSession&) = delete;
  ~LogSession() override { maildrop_->end_session(view_); }

  [[nodiscard]] std::uint32_t count() const override { return snapshot_.count; }
  [[nodiscard]] std::uint64_t total_octets() const override { return snapshot_.octets; }
  [[nodiscard]] bool others_decide() const override {
    return view_ == View::kTrash || snapshot_.others_decide;
  }
  [[nodiscard]] const MessageInfo& info(MessageNumber number) const override {
    return entry(number).info;
  }
  void append_uid(MessageNumber number, std::string& out) const override {
    maildrop::log::append_uid(snapshot_.log->uid_prefix(), entry(number), out);
  }
  Result<std::unique_ptr<MessageReader>> read(MessageNumber number) override;
  Status commit(const SessionEnd& end) override { return maildrop_->commit(view_, snapshot_, end); }

 private:
  [[nodiscard]] const MessageEntry& entry(MessageNumber number) const {
    return snapshot_.entry(number);
  }

  const std::shared_ptr<Maildrop> maildrop_;
  const View view_;
  const Snapshot snapshot_;
};

}  // namespace restante::maildrop::log
