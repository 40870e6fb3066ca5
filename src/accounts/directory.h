// Who has an account and which addresses lead to it: the interface that every back end implements.
// A back end hands out secrets as stored, and password.h checks them; or it keeps them to itself
// (LDAP bind, PAM) and checks passwords on its own. Caching and equal cost for unknown names are
// authenticator.h's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/allowance.h"
#include "accounts/copy.h"
#include "accounts/names/spelling.h"
#include "accounts/networks.h"
#include "accounts/passwords/device_password.h"
#include "accounts/route.h"
#include "base/clock.h"
#include "base/result.h"

namespace restante::accounts {

/// What a back end says by itself of an account that has settings of ours (own/overlay.h).
struct BackEndValues {
  bool enabled = true;
  bool no_login = false;
  std::shared_ptr<const Networks> networks{};
  std::string fault{};
  Allowance allowance{};
};

struct Account {
  /// Canonical, as its back end spells it. Names the maildrop, too, and never changes.
  std::string name;
  std::string secret;     ///< "{SCHEME}…" as stored. Never logged.
  bool enabled = true;    ///< False: no login, and no new mail.
  bool no_login = false;  ///< Gets mail, but cannot log in.
  Allowance allowance{};
  std::vector<Device> devices{};  ///< Each with a password of its own.
  std::string device{};           ///< Set by a login: the label whose password it was, if any.
  /// Not empty: there is no secret here; Directory::check_password asks the back end, by this (the
  /// DN of an LDAP entry, the name PAM knows).
  std::string handle{};
  bool peer_matters = false;  ///< The answer for a password may depend on the client's address.
  std::uint32_t source = 0;   ///< Which of several back ends has it (chain.h).
  /// From where it may log in; null: from everywhere.
  std::shared_ptr<const Networks> networks{};
  /// What it is called today, where that is not `name`: it was renamed. Empty: it was not.
  std::string called{};
  /// Why its entry cannot be used for a login: the operator's mistake, not the user's. Mail is
  /// taken. Empty: it can.
  std::string fault{};
  /// Where its mail is; null: here.
  std::shared_ptr<const Route> route{};
  /// Its password opens the status page; set here alone (account_settings.h).
  bool is_operator = false;
  /// Null: nothing of ours lies over it.
  std::shared_ptr<const BackEndValues> back_end{};

  /// `peer` is the client's IP address; empty: a Unix socket.
  [[nodiscard]] bool allows(std::string_view peer) const {
    return networks == nullptr || networks->contain(peer);
  }
  [[nodiscard]] bool may_log_in(std::string_view peer) const {
    return enabled && !no_login && fault.empty() && allows(peer);
  }
  [[nodiscard]] bool asks_back_end() const { return !handle.empty(); }
  [[nodiscard]] const std::string& shown_name() const { return called.empty() ? name : called; }
};

/// ok() when account.may_log_in(peer). Errors, with the reason for the log: kAuth (disabled, no
/// login, or not from there: "allow_nets"); kIo (its entry has a fault).
Status admit(const Account& account, std::string_view peer);

/// While one lives, directories answer on this thread from what they have in memory: its maker has
/// just seen that they are not behind (Directory::is_behind()), and must not wait.
class FromMemory {
 public:
  FromMemory() { ++depth_; }
  ~FromMemory() { --depth_; }
  FromMemory(const FromMemory&) = delete;
  FromMemory& operator=(const FromMemory&) = delete;

  static bool here() { return depth_ > 0; }

 private:
  inline static thread_local int depth_ = 0;
};

/// How many questions for mail a slow directory takes at once, beside those for logins.
inline constexpr std::size_t kQuestionsOfMail = 4;

/// Read side of the accounts. Callable from any thread. One that is not slow answers from memory or
/// a local file in microseconds; a slow one waits for the network or for another program, with a
/// bound, and must never be asked on an event loop.
class Directory {
 public:
  virtual ~Directory() = default;

  /// Whether find(), find_alias() and has_domain() may wait. Never changes.
  [[nodiscard]] virtual bool is_slow() const { return false; }

  /// Whether a question now would first read a file that has changed, and so may wait for the disk
  /// though the directory is not slow: then not on an event loop. Looks at the files; never waits.
  [[nodiscard]] virtual bool is_behind() { return false; }

  /// Whether finding this account, which this directory found, took a slow back end. Such an
  /// account cannot be looked up again at each step.
  [[nodiscard]] virtual bool is_slow_for(const Account& /*account*/) const { return is_slow(); }

  /// How many questions it takes at once for logins, and as many passwords beside them; of each of
  /// its back ends (Account::source), 1 where it is not slow. For mail it takes kQuestionsOfMail
  /// more.
  [[nodiscard]] virtual std::vector<std::size_t> questions_at_once() const { return {1}; }

  /// `name` is canonical (see names.h). Errors: kNotFound, kIo (the back end is down: never to be
  /// taken for a wrong password).
  virtual Result<Account> find(std::string_view name) = 0;

  /// The account whose `name` this is, by which its maildrop is called, though it may be known by
  /// another one today. Errors: as find().
  virtual Result<Account> find_owner(std::string_view maildrop) { return find(maildrop); }

  /// As find(), without waiting; std::nullopt when that is not possible: ask find(), elsewhere.
  virtual std::optional<Result<Account>> find_now(std::string_view name) {
    if (is_slow()) return std::nullopt;
    return find(name);
  }

  /// The account that `name`, which find() does not know, is another spelling of (spelling.h); the
  /// account's own name is in it. Asks no question about a name that has no other spelling. Errors:
  /// kNotFound (also where several are, and none is spelt as it would be today), kIo.
  virtual Result<Account> find_alike(std::string_view name) {
    static_cast<void>(name);
    return Error(Errc::kNotFound, "no such account");
  }

  /// The same without waiting; std::nullopt when that is not possible.
  virtual std::optional<Result<Account>> find_alike_now(std::string_view name) {
    if (is_slow()) return std::nullopt;
    return find_alike(name);
  }

  /// Whether this is the password of `account`, which this directory found. `peer` is the client's
  /// IP address, or empty. Takes as long as a hash, and may wait where account.asks_back_end().
  /// Errors: kAuth; kSyntax (a secret that cannot be verified); kIo (the back end is down).
  virtual Status check_password(const Account& account, std::string_view password,
                                std::string_view peer);

  /// An account that does not exist, and whose passwords cost as much to refuse as an account's:
  /// the time must not tell which names exist. std::nullopt: what password.h's default scheme
  /// costs.
  virtual std::optional<Account> nobody(std::string_view name) {
    static_cast<void>(name);
    return std::nullopt;
  }

  /// What an alias leads to: canonical account or alias addresses. `address` is canonical, or
  /// "@domain" for the catch-all. Errors: kNotFound, kIo.
  virtual Result<std::vector<std::string>> find_alias(std::string_view address) = 0;

  /// The same for an address that find_alias() does not know, as find_alike().
  virtual Result<std::vector<std::string>> find_alias_alike(std::string_view address) {
    static_cast<void>(address);
    return Error(Errc::kNotFound, "no such alias");
  }

  /// True when any account or alias has this domain, in any of its spellings. Errors: kIo.
  virtual Result<bool> has_domain(std::string_view domain) = 0;

  /// Over all accounts; a back end where no account has a retention of its own need not say so.
  /// Never waits. Errors: kIo.
  virtual Result<RetentionSpread> retention_spread() { return RetentionSpread{}; }

  /// All copies of all accounts, sorted by account and label. Not for an event loop. Errors: kIo.
  virtual Result<std::vector<AccountCopy>> copies() { return std::vector<AccountCopy>(); }

  /// Names, of accounts or aliases, that are one and were given twice; some of them, where there
  /// are many. Mail and logins go to the one that is spelt the same. Errors: kIo.
  virtual Result<std::vector<SpellingClash>> spelling_clashes() {
    return std::vector<SpellingClash>();
  }

  /// The account, which this directory found a while ago, with what is set for it here by now.
  /// Never waits: where that would, it stays as it was. Errors: kIo.
  virtual Result<Account> with_present_settings(Account account) { return account; }

  /// Notes that this account's `device` has logged in, in memory; in microseconds, for an event
  /// loop, too. Back ends without devices have nothing to do.
  virtual void device_used(const Account& /*account*/, WallTime /*now*/) {}
  /// Writes down what was noted. Not for an event loop. Errors: kIo, kBusy; then it stays noted.
  virtual Status save_device_uses() { return ok(); }

  /// Re-reads the files and caches that are kept in memory (SIGHUP). Errors: kIo, kSyntax; then the
  /// old state stays.
  virtual Status reload() { return ok(); }

  /// Which back end the account, which this directory found, is in: "sqlite /path", for operators.
  [[nodiscard]] virtual std::string place_of(const Account& /*account*/) const {
    return "accounts";
  }
};

}  // namespace restante::accounts
