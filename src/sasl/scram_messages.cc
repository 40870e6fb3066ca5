#include "sasl/scram_messages.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/numbers.h"
#include "sasl/base64.h"
#include "sasl/credential_limits.h"
#include "sasl/scram_keys.h"

namespace restante::sasl {
namespace {

constexpr std::size_t kNonceBytesMax = 512;

Error bad(const char* what) { return Error(Errc::kSyntax, what); }

/// Cuts "x=value" from the front of `rest`, with the comma behind it. Errors: kSyntax (another
/// attribute stands there).
Result<std::string_view> take(std::string_view& rest, char attribute) {
  if (rest.size() < 2 || rest[0] != attribute || rest[1] != '=') return bad("SCRAM attribute");
  const std::size_t comma = rest.find(',');
  // Both sides sign the text, so a form with two spellings is refused at once.
  if (comma != rest.npos && comma + 1 == rest.size()) return bad("SCRAM ends in a comma");
  const std::string_view value = rest.substr(2, comma == rest.npos ? rest.npos : comma - 2);
  rest.remove_prefix(comma == rest.npos ? rest.size() : comma + 1);
  return value;
}

/// RFC 5802 s.5.1: attributes that we do not know may follow, but not "m=", which must be
/// understood.
Status check_extensions(std::string_view rest) {
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string_view part = rest.substr(0, comma);
    if (part.size() < 2 || !is_alpha(part[0]) || part[1] != '=') return bad("SCRAM extension");
    if (part[0] == 'm') return bad("SCRAM mandatory extension");
    // An extension's value is passed over unread: it is signed with the rest.
    rest.remove_prefix(comma == rest.npos ? rest.size() : comma + 1);
  }
  return ok();
}

/// RFC 5802 s.7: saslname, where '=' only begins =2C and =3D.
Result<std::string> unescape_name(std::string_view text) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      name += text[i];
      continue;
    }
    const std::string_view code = text.substr(i + 1, 2);
    // Every other use of '=' could be read in two ways.
    if (code != "2C" && code != "3D") return bad("SCRAM escape in a name");
    name += code == "2C" ? ',' : '=';
    i += 2;
  }
  // After the escapes, which can be put into the middle of a character.
  if (!is_utf8(name)) return bad("SCRAM name is not UTF-8");
  RESTANTE_CHECKED(check_name(name));
  return name;
}

Result<std::string_view> take_nonce(std::string_view& rest) {
  RESTANTE_TRY(const std::string_view nonce, take(rest, 'r'));
  // No RFC bounds it; what is signed three times must not be a megabyte.
  if (nonce.empty() || nonce.size() > kNonceBytesMax) return bad("SCRAM nonce length");
  const auto printable = [](char c) { return c > ' ' && c < '\x7f'; };
  if (!std::all_of(nonce.begin(), nonce.end(), printable)) return bad("SCRAM nonce");
  return nonce;
}

/// cb-name of RFC 5802 s.7.
bool is_binding_type(std::string_view name) {
  const auto fits = [](char c) { return is_alpha(c) || is_digit(c) || c == '.' || c == '-'; };
  return !name.empty() && std::all_of(name.begin(), name.end(), fits);
}

Result<std::string> take_base64(std::string_view& rest, char attribute) {
  RESTANTE_TRY(const std::string_view text, take(rest, attribute));
  return decode_base64(text);
}

}  // namespace

Result<Gs2Header> parse_gs2_header(std::string_view message) {
  Gs2Header header;
  const std::size_t first = message.find(',');
  const std::size_t second = message.find(',', first == message.npos ? first : first + 1);
  if (second == message.npos) return bad("gs2 header");
  const std::string_view flag = message.substr(0, first);
  if (flag.starts_with("p=") && is_binding_type(flag.substr(2)))
    header.binding_type = flag.substr(2);
  else if (flag != "n" && flag != "y")
    return bad("gs2 channel binding flag");
  header.flag = flag.front();
  const std::string_view identity = message.substr(first + 1, second - first - 1);
  if (!identity.empty()) {
    if (!identity.starts_with("a=")) return bad("gs2 authorization identity");
    RESTANTE_TRY(std::string name, unescape_name(identity.substr(2)));
    header.authorization = std::move(name);
  }
  header.text = message.substr(0, second + 1);
  return header;
}

Result<ClientFirst> parse_client_first(std::string_view message) {
  ClientFirst first;
  // The order of the attributes is fixed (RFC 5802 s.5.1), so one form is one text.
  RESTANTE_TRY(Gs2Header header, parse_gs2_header(message));
  first.header = std::move(header);
  std::string_view rest = message.substr(first.header.text.size());
  first.bare = rest;
  RESTANTE_TRY(const std::string_view name, take(rest, 'n'));
  RESTANTE_TRY(std::string unescaped, unescape_name(name));
  RESTANTE_TRY(const std::string_view nonce, take_nonce(rest));
  first.name = std::move(unescaped);
  first.nonce = nonce;
  RESTANTE_CHECKED(check_extensions(rest));
  return first;
}

Result<ServerFirst> parse_server_first(std::string_view message) {
  ServerFirst first;
  RESTANTE_TRY(const std::string_view nonce, take_nonce(message));
  RESTANTE_TRY(std::string salt, take_base64(message, 's'));
  RESTANTE_TRY(const std::string_view digits, take(message, 'i'));
  RESTANTE_TRY(const auto iterations, parse_decimal<std::uint32_t>(digits));
  RESTANTE_CHECKED(check_extensions(message));
  first.nonce = nonce;
  first.salt = std::move(salt);
  first.iterations = iterations;
  // Without salt one table of passwords would do for all servers that ask so.
  if (first.salt.empty()) return bad("SCRAM without salt");
  // A server could keep our processor busy for hours by one number.
  if (first.iterations > kScramClientIterationsMax)
    return Error(Errc::kLimit, "too many SCRAM iterations: " + std::to_string(first.iterations));
  return first;
}

Result<ClientFinal> parse_client_final(std::string_view message) {
  ClientFinal last;
  // The proof is the last attribute, and all before it is signed (RFC 5802 s.7).
  const std::size_t proof = message.rfind(",p=");
  if (proof == message.npos) return bad("SCRAM without proof");
  last.without_proof = message.substr(0, proof);
  std::string_view rest = message.substr(proof + 1);
  RESTANTE_TRY(std::string bytes, take_base64(rest, 'p'));
  if (!rest.empty()) return bad("SCRAM proof is not the last");
  rest = last.without_proof;
  RESTANTE_TRY(std::string binding, take_base64(rest, 'c'));
  RESTANTE_TRY(const std::string_view nonce, take_nonce(rest));
  RESTANTE_CHECKED(check_extensions(rest));
  last.proof = std::move(bytes);
  last.binding = std::move(binding);
  last.nonce = nonce;
  return last;
}

Result<std::string> parse_server_final(std::string_view message) {
  // The reason is one of a fixed list, which tells an owner little more (RFC 5802 s.7).
  if (message.starts_with("e=")) return Error(Errc::kAuth, "the server refused");
  RESTANTE_TRY(std::string signature, take_base64(message, 'v'));
  RESTANTE_CHECKED(check_extensions(message));
  return signature;
}

std::string escape_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '=')
      out += "=3D";
    else if (c == ',')
      out += "=2C";
    else
      out += c;
  }
  return out;
}

}  // namespace restante::sasl
