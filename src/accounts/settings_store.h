// Where the settings of accounts are kept: the interface of both sides. The server reads, what
// restantectl changes is written. Both know names of accounts only: whether there is such an
// account its back end says, and what of it holds then is own/overlay.h's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/account_settings.h"
#include "accounts/copy.h"
#include "base/clock.h"
#include "base/result.h"

namespace restante::accounts {

struct Account;

/// Null: nothing is set.
using SettingsPointer = std::shared_ptr<const AccountSettings>;

/// Callable from any thread. One that is not slow answers from memory or a local file in
/// microseconds, and a change counts at once; a slow one waits for the network, with a bound, and
/// must never be asked on an event loop.
class SettingsReader {
 public:
  virtual ~SettingsReader() = default;

  /// Whether find() may wait. Never changes.
  [[nodiscard]] virtual bool is_slow() const { return false; }
  /// How many questions it takes at once for logins; 1 where it is not slow.
  [[nodiscard]] virtual std::size_t questions_at_once() const { return 1; }

  /// `account` is Account::name. Errors: kIo (it is down: never to be taken for "nothing is set").
  virtual Result<SettingsPointer> find(std::string_view account) = 0;
  /// As Directory::retention_spread(). Never waits. Errors: kIo.
  virtual Result<RetentionSpread> retention_spread() = 0;
  /// As Directory::copies(). Errors: kIo.
  virtual Result<std::vector<AccountCopy>> copies() = 0;

  /// Notes that account.device has logged in, in memory: in microseconds.
  virtual void note_use(const Account& account, WallTime now) = 0;
  /// Writes down what was noted. Not for an event loop. Errors: kIo, kBusy; then it stays noted.
  virtual Status save_uses() = 0;
  /// Opens anew what lies behind it (SIGHUP). Errors: kIo; then the old state stays.
  virtual Status reload() { return ok(); }
};

/// What may be shown of a device password.
struct DeviceEntry {
  std::string label;
  WallTime created{};
  std::optional<WallTime> last_used;  ///< To the hour; empty: never.
};

/// Used by one thread at a time. Errors of all: kIo, kFull, kBusy (another process writes for too
/// long).
class SettingsWriter {
 public:
  virtual ~SettingsWriter() = default;

  /// Does `work`, which calls the others, in one transaction: durable after ok(); on an error of
  /// `work`, which is given back, nothing has changed. What is called outside is one by itself.
  virtual Status in_one(const std::function<Status()>& work) = 0;
  /// The same within in_one(), for a part that may be taken back alone.
  virtual Status in_part(const std::function<Status()>& work) = 0;

  /// What is set; where nothing is, a fresh value.
  virtual Result<AccountSettings> read(std::string_view account) = 0;
  /// All but the devices. Errors: kSyntax (a value that is too large).
  virtual Status write(std::string_view account, const AccountSettings& settings) = 0;
  /// Sorted by label.
  virtual Result<std::vector<DeviceEntry>> devices(std::string_view account) = 0;
  /// Errors: kExists (the label is taken).
  virtual Status add_device(std::string_view account, const Device& device, WallTime created) = 0;
  /// False: there is none of this label.
  virtual Result<bool> remove_device(std::string_view account, std::string_view label) = 0;
  /// Sorted by label.
  virtual Result<std::vector<Copy>> copies(std::string_view account) = 0;
  /// Makes a copy, or replaces the one of this label.
  virtual Status put_copy(std::string_view account, const Copy& copy) = 0;
  /// False: there is none of this label.
  virtual Result<bool> remove_copy(std::string_view account, std::string_view label) = 0;
  /// Drops all of it, devices, copies and all. False: there was nothing.
  virtual Result<bool> forget(std::string_view account) = 0;
  /// Accounts for which anything is set, behind `after`, at most `limit`; sorted.
  virtual Result<std::vector<std::string>> names(std::string_view after, std::size_t limit) = 0;
};

}  // namespace restante::accounts
