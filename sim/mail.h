// Mail for the simulated clients: bodies of every size that matters, some of them hostile, and how
// they are handed to a store.
#pragma once

#include <cstring>
#include <string>

#include "maildrop/store.h"
#include "sim/rng.h"

namespace restante::sim {

/// A record as an attacker could make it who knows the format and not the log's seed
/// (docs/format.md section 3): a message of two bytes that was never delivered. `offset`: where it
/// will lie in the log.
inline std::string forged_record(std::uint64_t offset) {
  constexpr std::string_view kBody = "\r\n";
  std::string out("\xf5RST\x01", 5);
  out.resize(56);
  const MutableBytes bytes = std::as_writable_bytes(std::span(out));
  put_le<std::uint64_t>(bytes, 8, offset);
  put_le<std::uint64_t>(bytes, 16, 1'000'000);
  put_le<std::uint64_t>(bytes, 24, kBody.size());
  put_le<std::uint64_t>(bytes, 40, kBody.size());
  put_le<Checksum>(bytes, 48, checksum(as_bytes(kBody)));
  put_le<Checksum>(bytes, 8, checksum(as_bytes(out)));
  return out.append(kBody);
}

struct MailSizes {
  bool large = false;  ///< Some over 64 KiB.
  bool bulky = false;  ///< Many of some 20 KiB, so that a few are worth reclaiming.
};

/// The bytes of a new message in wire form. `log`: the maildrop's own log; some mails hold a part
/// of it, as an attacker may send who has seen a copy.
inline std::string make_wire(std::uint64_t number, MailSizes sizes, const std::string& log,
                             Rng& rng) {
  constexpr std::uint64_t kVerifiedFirst = 64U
                                           << 10;  // Where readers and writers change their ways.
  std::uint64_t size = 0;
  switch (rng.below(12)) {
    case 0: return {};
    case 1: return "\r\n";
    case 2: size = rng.between(400, 1200); break;
    case 3: size = rng.between(1, 12) * 512 - rng.below(80); break;
    case 4: size = sizes.large ? kVerifiedFirst - 40 + rng.below(80) : 3000; break;
    case 5: size = sizes.large ? rng.between(66'000, 300'000) : 2000; break;
    default: size = rng.between(20, 400); break;
  }
  if (sizes.bulky && rng.one_in(2)) size = rng.between(10'000, 40'000);
  std::string out = "Subject: number " + std::to_string(number) + "\r\n\r\n";
  if (!log.empty() && rng.one_in(2)) {
    // Where it will lie in the log, if it comes next and without a unique id of its own.
    const std::uint64_t start = (log.size() + 7) / 8 * 8 + 56;
    out.resize((out.size() + 7) / 8 * 8, 'x');
    out += forged_record(start + out.size());
  } else if (log.size() > 512) {
    const auto from = rng.below(log.size() - 512) / 8 * 8;
    out.resize((out.size() + 7) / 8 * 8, 'x');
    out += log.substr(from, 512);
  }
  while (out.size() + 2 < size) out += static_cast<char>('!' + rng.below(90));
  return out + "\r\n";
}

/// Mail in memory, of which reading may fail.
class MailSource final : public maildrop::Source {
 public:
  explicit MailSource(std::string_view text, bool fails = false) : text_(text), fails_(fails) {}
  [[nodiscard]] std::uint64_t size() const override { return text_.size(); }
  Status read(std::uint64_t offset, MutableBytes target) override {
    if (fails_ && offset + target.size() == text_.size()) return Error(Errc::kIo, "mail source");
    if (!target.empty()) std::memcpy(target.data(), text_.data() + offset, target.size());
    return ok();
  }

 private:
  const std::string_view text_;
  const bool fails_;
};

}  // namespace restante::sim
