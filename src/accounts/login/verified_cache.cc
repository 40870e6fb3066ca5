#include "accounts/login/verified_cache.h"

#include "accounts/passwords/hash_part.h"
#include "base/leftovers.h"

namespace restante::accounts {
namespace {

// Of one name: some devices with passwords of their own, or addresses that matter.
constexpr std::size_t kEntriesOfNameMax = 4;

}  // namespace

VerifiedCache::VerifiedCache(std::size_t entries_max) : generation_max_(entries_max / 2) {
  // New at each start: what is remembered is of no use elsewhere.
  crypto_generichash_keygen(key_.data());
}

VerifiedCache::Tag VerifiedCache::tag_of(const CredentialQuestion& question) const {
  crypto_generichash_state state;
  crypto_generichash_init(&state, key_.data(), key_.size(), sizeof(Tag));
  const std::string_view where = question.remote ? "remote" : "local";
  for (const std::string_view part :
       // "Remote" is a part of it: an answer of a slow back end must not stand for a stored secret.
       {where, question.name, question.password, question.secret, question.peer})
    add_part(state, part);
  // Each part has its length before it, so that one part more is another question.
  if (!question.asked.empty()) add_part(state, question.asked);
  Tag tag{};
  crypto_generichash_final(&state, tag.data(), tag.size());
  sodium_memzero(&state, sizeof(state));
  wipe_shallow_stack();  // BLAKE2 keeps the words of a message there.
  return tag;
}

VerifiedCache::Answer VerifiedCache::ask(const CredentialQuestion& question, WallTime now,
                                         std::chrono::milliseconds age_max) const {
  const Tag tag = tag_of(question);
  const std::lock_guard lock(mutex_);
  const Entries* const entries = find(std::string(question.name));
  if (entries == nullptr) return {};
  for (const Entry& entry : *entries) {
    if (sodium_memcmp(entry.tag.data(), tag.data(), tag.size()) != 0) continue;
    // Also when the clock went back: the age of the answer is not known then.
    // Asked with the age of now, so that a shorter `cache_time` counts at once after a reload.
    if (now < entry.verified || now - entry.verified >= age_max) return {};
    return {true, entry.account};
  }
  return {};
}

void VerifiedCache::remember(const CredentialQuestion& question, WallTime now,
                             std::shared_ptr<const Account> account) {
  CredentialQuestion anywhere = question;
  // The same login from elsewhere, or by another spelling, is another entry but the same password.
  anywhere.peer = {};
  anywhere.asked = {};
  Entry fresh{tag_of(question),  tag_of(anywhere), question.remote, question.device, now,
              std::move(account)};
  const std::string name(question.name);
  const std::lock_guard lock(mutex_);
  if (generation_max_ == 0) return;
  Entries kept = take(name);
  std::erase_if(kept, [&fresh](const Entry& entry) {
    const bool of_device = fresh.device || entry.device;
    // A new password of the account replaces the old one; devices have passwords of their own.
    const bool other_password = fresh.without_peer != entry.without_peer && !of_device;
    return entry.tag == fresh.tag || entry.remote != fresh.remote ||
           (fresh.remote && other_password);
  });
  if (kept.size() >= kEntriesOfNameMax) kept.erase(kept.begin());
  // Counted anew, so that a generation is never larger than it says.
  kept.push_back(std::move(fresh));
  // Two generations: the old one goes as a whole, so that no entry needs a place in a list.
  if (young_.count + kept.size() > generation_max_) {
    old_ = std::move(young_);
    young_ = {};
  }
  young_.count += kept.size();
  young_.names.insert_or_assign(name, std::move(kept));
}

void VerifiedCache::forget(const std::string& name) {
  const std::lock_guard lock(mutex_);
  static_cast<void>(take(name));
}

void VerifiedCache::clear() {
  const std::lock_guard lock(mutex_);
  young_ = {};
  old_ = {};
}

const VerifiedCache::Entries* VerifiedCache::find(const std::string& name) const {
  if (const auto young = young_.names.find(name); young != young_.names.end())
    return &young->second;
  if (const auto old = old_.names.find(name); old != old_.names.end()) return &old->second;
  // It may stand in the old generation, and its next place is in the young one.
  return nullptr;
}

VerifiedCache::Entries VerifiedCache::take(const std::string& name) {
  Entries taken;
  for (Generation* generation : {&young_, &old_}) {
    const auto found = generation->names.find(name);
    if (found == generation->names.end()) continue;
    generation->count -= found->second.size();
    if (taken.empty()) taken = std::move(found->second);
    generation->names.erase(found);
  }
  return taken;
}

}  // namespace restante::accounts
