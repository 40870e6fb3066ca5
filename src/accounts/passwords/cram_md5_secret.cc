// OpenSSL's present interface does not give out the states of a digest.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "accounts/passwords/cram_md5_secret.h"

#include <openssl/crypto.h>
#include <openssl/md5.h>

#include <array>

#include "base/bytes.h"
#include "base/check.h"
#include "sasl/crypto.h"

namespace restante::accounts {
namespace {

constexpr std::size_t kStateBytes = 16;
constexpr std::uint8_t kOuterPad = 0x5c;
constexpr std::uint8_t kInnerPad = 0x36;

using Block = std::array<unsigned char, MD5_CBLOCK>;
using Md5Digest = std::array<unsigned char, MD5_DIGEST_LENGTH>;

/// The key as HMAC takes it: filled up with zeros, or its digest when it is too long for a block.
Block key_block(std::string_view password) {
  Block key{};
  if (password.size() > key.size())
    MD5(reinterpret_cast<const unsigned char*>(password.data()), password.size(), key.data());
  else
    std::copy(password.begin(), password.end(), key.begin());
  return key;
}

void append_state(const Block& key, std::uint8_t pad, std::string& out) {
  Block block = key;
  for (unsigned char& byte : block) byte = static_cast<unsigned char>(byte ^ pad);
  MD5_CTX context;
  RESTANTE_CHECK(MD5_Init(&context) == 1);
  MD5_Transform(&context, block.data());
  std::array<std::byte, kStateBytes> state{};
  std::size_t at = 0;
  for (const MD5_LONG word : {context.A, context.B, context.C, context.D}) {
    put_le<std::uint32_t>(state, at, word);
    at += sizeof(std::uint32_t);
  }
  out.append(reinterpret_cast<const char*>(state.data()), state.size());
  OPENSSL_cleanse(block.data(), block.size());
  OPENSSL_cleanse(&context, sizeof context);
}

/// As if the first block had been hashed just now.
MD5_CTX resume(std::string_view state) {
  MD5_CTX context;
  RESTANTE_CHECK(MD5_Init(&context) == 1);
  const auto word = [&state](std::size_t at) {
    MD5_LONG value = 0;
    for (std::size_t i = 4; i-- > 0;)
      value = (value << 8U) | static_cast<unsigned char>(state[at + i]);
    return value;
  };
  context.A = word(0);
  context.B = word(4);
  context.C = word(8);
  context.D = word(12);
  // One block has been counted: the length is a part of what MD5 hashes.
  context.Nl = MD5_CBLOCK * 8;
  return context;
}

Md5Digest finish(MD5_CTX context, const void* text, std::size_t size) {
  Md5Digest digest{};
  RESTANTE_CHECK(MD5_Update(&context, text, size) == 1);
  RESTANTE_CHECK(MD5_Final(digest.data(), &context) == 1);
  return digest;
}

}  // namespace

SecretString cram_md5_states(std::string_view password) {
  Block key = key_block(password);
  std::string states;
  states.reserve(2 * kStateBytes);
  append_state(key, kOuterPad, states);
  append_state(key, kInnerPad, states);
  OPENSSL_cleanse(key.data(), key.size());
  SecretString out(states);
  wipe(states);
  return out;
}

Status verify_cram_md5(std::string_view states, std::string_view password) {
  const bool same = sasl::same_bytes(cram_md5_states(password), states);
  return same ? ok() : Error(Errc::kAuth, "wrong password");
}

std::string cram_md5_answer(std::string_view states, std::string_view challenge) {
  RESTANTE_CHECK(states.size() == 2 * kStateBytes);
  // The inner digest first: the second state continues the first block of the outer one.
  const Md5Digest inner =
      finish(resume(states.substr(kStateBytes)), challenge.data(), challenge.size());
  const Md5Digest outer = finish(resume(states.substr(0, kStateBytes)), inner.data(), inner.size());
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : outer) {
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 0xfU];
  }
  return out;
}

}  // namespace restante::accounts
