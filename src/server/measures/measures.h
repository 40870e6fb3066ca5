// What the server counts by labels, and how long things took: fixed places for every label, so that
// to count is one addition, and no stranger can make more of them. common/metrics.h has the
// plain counters. Callable from any thread.
#pragma once

#include <array>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "pop3/command_counts.h"
#include "server/measures/archive.h"
#include "server/measures/back_ends.h"
#include "server/measures/certificates.h"
#include "server/measures/door.h"
#include "server/measures/kept.h"
#include "server/measures/storage.h"
#include "smtp/command.h"

namespace restante::server {

/// How a message that was asked for went out.
enum class Retrieval : std::uint8_t {
  kWhole,
  kPart,     ///< TOP asked for no more.
  kCut,      ///< The client was gone before its end.
  kDamaged,  ///< Refused, or broken off: its octets do not match their checksum.
  kFailed,   ///< The disk.
};
inline constexpr std::array<std::string_view, 5> kRetrievalNames{"whole", "part", "cut", "damaged",
                                                                 "failed"};

enum class LoginEnd : std::uint8_t {
  kGood,
  kPassedOn,  ///< Good, where the account lives.
  kWrong,
  kInUse,
  kTooSoon,
  kTemporary,
  kPermanent,
  kRefused,  ///< Unheard, by [limits].
};
inline constexpr std::array<std::string_view, 8> kLoginEndNames{
    "good", "passed_on", "wrong", "in_use", "too_soon", "temporary", "permanent", "refused"};

/// What a login waits for.
enum class LoginStep : std::uint8_t {
  kLookup,   ///< Who has this name.
  kHash,     ///< The password, here.
  kBackEnd,  ///< The password or the token, elsewhere.
  kOpen,     ///< The maildrop.
};
inline constexpr std::array<std::string_view, 4> kLoginStepNames{"lookup", "hash", "back_end",
                                                                 "open"};

/// sasl::MechanismId, and what is none.
inline constexpr std::size_t kLoginWays = 13;

/// By the answer, as smtp::Delivery.
inline constexpr std::array<std::string_view, 6> kAnswerNames{"done",       "refused",   "loop",
                                                              "over_quota", "disk_full", "later"};
inline constexpr std::array<std::string_view, 2> kIntakeNames{"lmtp", "smtp"};

enum class PoolName : std::uint8_t { kDisk, kHash, kToken, kLookup, kMailLookup, kPassword };
inline constexpr std::array<std::string_view, 6> kPoolNames{"disk",   "hash",        "token",
                                                            "lookup", "mail_lookup", "password"};

/// How a request for the status page ended that brought a password or a token.
enum class PageLogin : std::uint8_t { kGood, kWrong, kTemporary, kRefused };
inline constexpr std::array<std::string_view, 4> kPageLoginNames{"good", "wrong", "temporary",
                                                                 "refused"};

/// Where upkeep or scrub is.
struct PassProgress {
  Counter maildrops;  ///< Of this pass, or the last one.
  Counter done;       ///< Of these.
};

struct Measures {
  template <typename Key>
  static std::size_t place(Key key) {
    return static_cast<std::size_t>(key);
  }

  /// The door of this listener; it stays where it is.
  Door& door(std::string_view protocol, const std::string& listener);

  /// `way`: the command or the mechanism; `tls`: as tls_place() reads it.
  void count_login(std::string_view way, std::string_view tls, LoginEnd end);
  [[nodiscard]] std::uint64_t logins(LoginEnd end) const;
  void count(Retrieval end) { retrievals[place(end)].add(); }
  void count(PageLogin end) { page_logins[place(end)].add(); }
  /// `intake`, `answer`: places in kIntakeNames and kAnswerNames.
  void count_delivery(std::size_t intake, std::size_t answer) { deliveries[intake][answer].add(); }
  Histogram& step(LoginStep name) { return login_steps[place(name)]; }
  Histogram& pool(PoolName name) { return pool_waits[place(name)]; }

  void for_each_door(const std::function<void(const Door&)>& visit) const;
  /// Of those that there were.
  struct LoginRow {
    std::string_view way;
    std::string_view tls;
    std::string_view end;
    std::uint64_t count = 0;
  };
  void for_each_login(const std::function<void(const LoginRow&)>& visit) const;

  std::array<std::array<std::array<Counter, kLoginEndNames.size()>, kTlsNames.size()>, kLoginWays>
      by_way{};
  Histogram logins_good;
  Histogram logins_bad;
  std::array<Histogram, kLoginStepNames.size()> login_steps;
  std::array<Counter, kRetrievalNames.size()> retrievals;
  std::array<std::array<Counter, kAnswerNames.size()>, kIntakeNames.size()> deliveries{};
  Counter octets_delivered;
  pop3::CommandCounts commands;
  std::array<smtp::CommandCounts, kIntakeNames.size()> mail_commands;  ///< As kIntakeNames.
  Histogram syncs;
  Histogram lock_waits;
  std::array<Histogram, kPoolNames.size()> pool_waits;
  Counter sessions_open;  ///< POP3, logged in.
  PassProgress upkeep;
  PassProgress scrub;
  Counter crl_ends;  ///< Unix time; 0: there is none.
  std::array<Counter, kPageLoginNames.size()> page_logins;
  CertificateMeasure certificates;
  ArchiveMeasure archive;
  KeptMeasure kept;
  StorageMeasure storage;
  BackEndMeasures back_ends;

 private:
  mutable std::mutex mutex_;  // Of doors_, which grow at the start alone.
  std::list<Door> doors_;
};

/// What Services have from the start.
std::shared_ptr<Measures> make_measures();

}  // namespace restante::server
