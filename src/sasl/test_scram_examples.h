// The SCRAM exchanges that the RFCs print, for tests of both sides: user "user", password "pencil",
// 4096 iterations, no channel binding. Sources: RFC 5802 s.5 and RFC 7677 s.3.
#pragma once

#include "sasl/crypto.h"

namespace restante::sasl {

struct ScramExample {
  Hash hash;
  const char* salt;          ///< base64.
  const char* client_nonce;  ///< The client's part.
  const char* server_nonce;  ///< The server's part.
  const char* client_first;
  const char* server_first;
  const char* client_final;
  const char* server_final;
};

inline constexpr ScramExample kSha1Example{
    Hash::kSha1,
    "QSXCR+Q6sek8bf92",
    "fyko+d2lbbFgONRv9qkxdawL",
    "3rfcNHYJY1ZVvWVs7j",
    "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
    "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="};

inline constexpr ScramExample kSha256Example{
    Hash::kSha256,
    "W22ZaJ0SNY7soEsUEjb6gQ==",
    "rOprNGfwEbeRWgbNEkqO",
    "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
    "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="};

}  // namespace restante::sasl
