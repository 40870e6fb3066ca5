#include "server/settings/page_token.h"

#include <fcntl.h>

#include "base/secret_string.h"
#include "files/errors.h"
#include "files/file.h"
#include "sasl/crypto.h"

namespace restante::settings {
namespace {

/// Those of a token in the header Authorization (RFC 6750 s.2.1).
bool is_token_character(char c) {
  constexpr std::string_view kOthers = "-._~+/=";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kOthers.find(c) != std::string_view::npos;
}

Status check_token(const std::filesystem::path& file, std::string_view token) {
  const auto wrong = [&file](std::string_view why) {
    return Error(Errc::kSyntax, file.string() + ": " + std::string(why));
  };
  if (token.size() < kTokenBytesMin)
    return wrong("a token has at least " + std::to_string(kTokenBytesMin) +
                 " characters, as `openssl rand -hex 32` makes one");
  if (token.size() > kTokenBytesMax)
    return wrong("a token has at most " + std::to_string(kTokenBytesMax) + " characters");
  for (const char c : token)
    if (!is_token_character(c)) return wrong("a token is of letters, digits and -._~+/= alone");
  return ok();
}

}  // namespace

Result<PageToken> PageToken::read(const std::filesystem::path& file) {
  constexpr std::size_t kReadMax = 4096;
  RESTANTE_TRY(const files::Descriptor opened, files::open_file(file, O_RDONLY | O_NONBLOCK));
  RESTANTE_TRY(const SecretString text, files::read_private(opened, kReadMax, file.string()));
  std::string_view line = text.view().substr(0, text.view().find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  RESTANTE_CHECKED(check_token(file, line));
  return PageToken(hash_of(line));
}

// Texts of different lengths have hashes of one length.
bool PageToken::matches(std::string_view presented) const {
  return sasl::same_bytes(hash_, hash_of(presented));
}

std::string PageToken::hash_of(std::string_view token) {
  return sasl::digest(sasl::Hash::kSha256, token);
}

}  // namespace restante::settings
