#include "maildrop/log/check/log_content.h"

#include "base/limits.h"
#include "maildrop/log/check/messages_of_log.h"
#include "maildrop/log/file/log_file.h"

namespace restante::maildrop::log {
namespace {

class LogContent final : public Content {
 public:
  LogContent(std::unique_ptr<disk::File> file, std::vector<LoggedMessage> messages)
      : file_(std::move(file)), messages_(std::move(messages)) {}

  [[nodiscard]] std::size_t count() const override { return messages_.size(); }
  [[nodiscard]] const StoredMessage& message(std::size_t index) const override {
    return messages_[index];
  }
  Status read(std::size_t index, const Sink& sink) override {
    return read_message(*file_, messages_[index], sink);
  }

 private:
  const std::unique_ptr<disk::File> file_;  // Also if the log is replaced: it stays as it was.
  const std::vector<LoggedMessage> messages_;
};

/// Where the log ends while no process writes it.
Result<std::uint64_t> end_at_rest(disk::File& file) {
  // An export reads for hours; deliveries wait for it only while the end is looked up.
  RESTANTE_CHECKED(file.lock(kAppendLockAt, 1, disk::patience_of(limits::kLockTimeout)));
  const LogFile::AppendLock lock(file);
  RESTANTE_TRY(const disk::FileStatus status, file.status());
  return status.size;
}

}  // namespace

Result<std::unique_ptr<Content>> open_content(disk::Disk& disk, const std::string& root,
                                              const std::string& account, const Pace& pace) {
  auto file = disk.open(log_paths(root, account).log, disk::OpenMode::kReadWrite);
  if (!file && file.error().code == Errc::kNotFound)
    return std::unique_ptr<Content>(
        std::make_unique<LogContent>(nullptr, std::vector<LoggedMessage>()));
  if (!file) return std::move(file).error();
  RESTANTE_TRY(const std::uint64_t end, end_at_rest(**file));
  RESTANTE_TRY(auto messages, messages_of_log(**file, end, pace));
  return std::unique_ptr<Content>(
      std::make_unique<LogContent>(std::move(*file), std::move(messages)));
}

}  // namespace restante::maildrop::log
