#include "accounts/authenticator.h"

#include <sodium.h>

#include <array>
#include <mutex>
#include <unordered_map>

#include "accounts/device_password.h"
#include "accounts/names.h"
#include "accounts/password.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/limits.h"

namespace restante::accounts {
namespace {

using Key = std::array<unsigned char, crypto_generichash_KEYBYTES>;
using Tag = std::array<unsigned char, crypto_generichash_BYTES>;

/// Passwords that were right, as keyed hashes, in two generations: when the young one is full it
/// becomes the old one, and what was the old one is forgotten. Callable from any thread.
class VerifiedCache {
 public:
  VerifiedCache(std::size_t entries_max, std::chrono::milliseconds age_max)
      : generation_max_(entries_max / 2), age_max_(age_max) {}

  bool holds(const std::string& name, const Tag& tag, WallTime now) const {
    const std::lock_guard lock(mutex_);
    const Entry* const entry = find(name);
    // A clock set back makes an entry's age unknown: ask again.
    if (entry == nullptr || now < entry->verified || now - entry->verified >= age_max_)
      return false;
    return sodium_memcmp(entry->tag.data(), tag.data(), tag.size()) == 0;
  }

  void remember(const std::string& name, const Tag& tag, WallTime now) {
    const std::lock_guard lock(mutex_);
    if (generation_max_ == 0) return;
    if (young_.size() >= generation_max_ && !young_.contains(name)) {
      old_ = std::move(young_);
      young_.clear();
    }
    young_.insert_or_assign(name, Entry{tag, now});
  }

 private:
  struct Entry {
    Tag tag{};
    WallTime verified{};
  };
  using Generation = std::unordered_map<std::string, Entry>;

  const Entry* find(const std::string& name) const {
    if (const auto young = young_.find(name); young != young_.end()) return &young->second;
    if (const auto old = old_.find(name); old != old_.end()) return &old->second;
    return nullptr;
  }

  const std::size_t generation_max_;
  const std::chrono::milliseconds age_max_;
  mutable std::mutex mutex_;
  Generation young_;
  Generation old_;
};

/// What an unknown name is compared with, made by the scheme that new accounts get; nobody knows
/// its password.
std::string make_dummy_secret() {
  std::array<unsigned char, 16> random{};
  randombytes_buf(random.data(), random.size());
  std::array<char, 2 * random.size() + 1> text{};
  sodium_bin2hex(text.data(), text.size(), random.data(), random.size());
  auto secret = make_secret(std::string_view(text.data(), text.size() - 1));
  RESTANTE_CHECK(secret.has_value());
  return *secret;
}

bool could_be_password(std::string_view password) {
  return !password.empty() && password.size() <= limits::kPasswordBytesMax;
}

}  // namespace

struct Authenticator::State {
  State(Directory& d, const Clock& c, AuthenticatorSettings s)
      : directory(d),
        clock(c),
        rules(std::move(s.default_domain), s.fold_local_part),
        cache(s.cache_entries_max, s.cache_age_max),
        dummy_secret(make_dummy_secret()) {
    crypto_generichash_keygen(key.data());
  }
  ~State() { sodium_memzero(key.data(), key.size()); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  [[nodiscard]] Tag tag_of(const Account& account, std::string_view password) const;
  bool log_in_device(Account& account, std::string_view password);
  Result<Account> check_known(Account account, std::string_view password);
  Error refuse_slowly(std::string_view password) const;

  Directory& directory;
  const Clock& clock;
  const NameRules rules;
  VerifiedCache cache;
  const std::string dummy_secret;
  Key key{};
};

/// Over everything that the answer depends on, each with its length before it, so that no two
/// different inputs run together; a changed secret makes another tag.
Tag Authenticator::State::tag_of(const Account& account, std::string_view password) const {
  crypto_generichash_state state;
  crypto_generichash_init(&state, key.data(), key.size(), sizeof(Tag));
  for (const std::string_view part :
       {std::string_view(account.name), password, std::string_view(account.secret)}) {
    std::array<std::byte, 8> length{};
    put_le<std::uint64_t>(length, 0, part.size());
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(length.data()),
                              length.size());
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()),
                              part.size());
  }
  Tag tag{};
  crypto_generichash_final(&state, tag.data(), tag.size());
  sodium_memzero(&state, sizeof(state));
  return tag;
}

/// The answer to a name that is not there, at the price of one that is.
Error Authenticator::State::refuse_slowly(std::string_view password) const {
  static_cast<void>(verify_password(dummy_secret, password.substr(0, limits::kPasswordBytesMax)));
  return Error(Errc::kAuth, "no such account, or wrong password");
}

/// True when this is the password of a device of the account, which is then noted in it. One fast
/// hash for all its devices, also when it has none: no reason to remember the answer, and none to
/// measure.
bool Authenticator::State::log_in_device(Account& account, std::string_view password) {
  const auto tag = device_tag(account.name, password);
  if (!tag) return false;
  const Device* found = nullptr;
  for (const Device& device : account.devices)
    if (same_tag(device.tag, *tag)) found = &device;
  if (found == nullptr) return false;
  account.device = found->label;
  directory.device_used(account, clock.now());
  return true;
}

Result<Account> Authenticator::State::check_known(Account account, std::string_view password) {
  if (account.enabled && log_in_device(account, password)) return account;
  Status verified = verify_password(account.secret, password);
  if (!verified && verified.error().code != Errc::kAuth)
    // Our fault, not the user's: a secret nobody can check must not look like a wrong password.
    return Error(Errc::kIo, "account " + account.name + ": " + verified.error().detail);
  if (!verified) return std::move(verified).error();
  if (!account.enabled) return Error(Errc::kAuth, "account is disabled: " + account.name);
  cache.remember(account.name, tag_of(account, password), clock.now());
  return account;
}

Authenticator::Authenticator(Directory& directory, const Clock& clock,
                             AuthenticatorSettings settings)
    : state_(std::make_unique<State>(directory, clock, std::move(settings))) {}

Authenticator::~Authenticator() = default;

std::optional<Account> Authenticator::check_cached(std::string_view name,
                                                   std::string_view password) {
  if (!could_be_password(password)) return std::nullopt;
  const auto canonical = canonical_name(name, state_->rules);
  if (!canonical) return std::nullopt;
  // Asked each time, so that a removed or disabled account and a changed secret count at once.
  auto account = state_->directory.find(*canonical);
  if (!account || !account->enabled) return std::nullopt;
  if (state_->log_in_device(*account, password)) return std::move(*account);
  if (!state_->cache.holds(*canonical, state_->tag_of(*account, password), state_->clock.now()))
    return std::nullopt;
  return std::move(*account);
}

Result<Account> Authenticator::check(std::string_view name, std::string_view password) {
  const auto canonical = canonical_name(name, state_->rules);
  if (!canonical || !could_be_password(password)) return state_->refuse_slowly(password);
  auto account = state_->directory.find(*canonical);
  if (account) return state_->check_known(std::move(*account), password);
  if (account.error().code == Errc::kNotFound) return state_->refuse_slowly(password);
  return Error(Errc::kIo, std::move(account).error().detail);
}

}  // namespace restante::accounts
