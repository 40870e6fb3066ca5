#include "accounts/sqlite/former_names.h"

#include <openssl/evp.h>

#include <array>
#include <string>

#include "accounts/names/spelling.h"

namespace restante::accounts::sqlite {
namespace {

constexpr std::string_view kPrefix = "restante former name ";

/// Of the key with folding, even where the server does not fold: "alice" is gone with "Alice".
Result<std::string> tag_of(std::string_view name) {
  const std::string text = std::string(kPrefix) + spelling_key(name, true);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  std::size_t size = 0;
  if (EVP_Q_digest(nullptr, "SHA256", nullptr, text.data(), text.size(), digest.data(), &size) != 1)
    return Error(Errc::kIo, "SHA-256 cannot be had");
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < size; ++i) {
    out += kHex[digest.at(i) >> 4U];
    out += kHex[digest.at(i) & 15U];
  }
  return out;
}

}  // namespace

Status note_former_name(Database& database, std::string_view name) {
  RESTANTE_TRY(const std::string tag, tag_of(name));
  RESTANTE_TRY(Statement insert,
               database.prepare("INSERT OR IGNORE INTO former_name (tag) VALUES (?1)"));
  insert.bind(1, tag);
  RESTANTE_CHECKED(insert.step());
  return ok();
}

Result<bool> is_former_name(Database& database, std::string_view name) {
  RESTANTE_TRY(const std::string tag, tag_of(name));
  RESTANTE_TRY(Statement query,
               database.prepare("SELECT EXISTS (SELECT 1 FROM former_name WHERE tag = ?1) "
                                "OR EXISTS (SELECT 1 FROM account WHERE maildrop = ?2) "
                                "OR EXISTS (SELECT 1 FROM settings WHERE account = ?2 "
                                "AND NOT EXISTS (SELECT 1 FROM account WHERE name = ?2))"));
  query.bind(1, tag);
  query.bind(2, name);
  RESTANTE_CHECKED(query.step());
  return query.number(0) != 0;
}

}  // namespace restante::accounts::sqlite
