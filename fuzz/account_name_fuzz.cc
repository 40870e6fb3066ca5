// Account names: canonical means that applying it twice changes nothing, and neither a name nor the
// file name made of it leads anywhere else, also with characters that other programs treat
// specially.
#include <cstdint>
#include <string>
#include <string_view>

#include "accounts/names/names.h"
#include "accounts/names/spelling.h"
#include "base/ascii.h"
#include "base/check.h"
#include "base/limits.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/format/uid.h"

namespace {

using namespace restante;  // NOLINT(google-build-using-namespace): a program of its own

void check_name(std::string_view text, const accounts::NameRules& rules) {
  const auto name = accounts::canonical_name(text, rules);
  if (!name) return;
  RESTANTE_CHECK(accounts::canonical_name(*name, rules).value() == *name);
  // "@…" is the catch-all's spelling, so no alias can be meant for such a local part.
  const auto alias = accounts::canonical_alias(*name, rules);
  RESTANTE_CHECK(name->front() == '@' ? !alias : alias && *alias == *name);
  RESTANTE_CHECK(name->size() <= limits::kUserNameBytesMax && is_utf8(*name));
  for (const char c : *name) RESTANTE_CHECK(!is_control(c));
  const std::string both =
      std::string(accounts::local_part_of(*name)) + '@' + std::string(accounts::domain_of(*name));
  RESTANTE_CHECK(both == *name && !accounts::local_part_of(*name).empty() && both.back() != '@');
}

void check_spellings(std::string_view text, const accounts::NameRules& rules) {
  const auto name = accounts::canonical_name(text, rules);
  if (!name) return;
  const bool fold = rules.fold_local_part;
  const std::string key = accounts::spelling_key(*name, fold);
  RESTANTE_CHECK(accounts::spelling_key(key, fold) == key);
  RESTANTE_CHECK(accounts::canonical_name(key, rules).value() == key);
  RESTANTE_CHECK(fold || accounts::local_part_of(key) == accounts::local_part_of(*name));
  RESTANTE_CHECK(accounts::spelling_key(accounts::tidy_spelling(*name, fold), fold) == key);
  for (const std::string& other : accounts::other_spellings(*name, fold))
    RESTANTE_CHECK(other != *name && accounts::spelling_key(other, fold) == key);
}

void check_file_name(std::string_view account) {
  namespace log = maildrop::log;
  const std::string encoded = log::encode_account(account);
  RESTANTE_CHECK(encoded.size() <= 180 && encoded.find('/') == std::string::npos);
  const auto decoded = log::decode_account(encoded);
  RESTANTE_CHECK(!decoded || *decoded == account);
  RESTANTE_CHECK(decoded || account.empty() || encoded.find("%~") != std::string::npos);
  // The other way: what passes for a file name stands for one account only.
  if (const auto name = log::decode_account(account))
    RESTANTE_CHECK(log::encode_account(*name) == account);
  const log::LogPaths paths = log::log_paths("/data", account);
  RESTANTE_CHECK(paths.log.starts_with("/data/maildrops/"));
  RESTANTE_CHECK(paths.log != paths.index && paths.index != paths.aside);
  RESTANTE_CHECK(log::parent_directory(paths.log) == paths.directory);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_name(text, accounts::NameRules("example.test", true));
  check_name(text, accounts::NameRules("", false));
  check_spellings(text, accounts::NameRules("example.test", true));
  check_spellings(text, accounts::NameRules("example.test", false));
  check_file_name(text);
  if (maildrop::log::check_uid(text)) {
    RESTANTE_CHECK(!text.empty() && text.size() <= limits::kUidBytesMax);
    for (const char c : text) RESTANTE_CHECK(c >= 0x21 && c <= 0x7E);
  }
  return 0;
}
