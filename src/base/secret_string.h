// Text that must not be found in memory afterwards: a password, a token. Wiped when it goes, and
// never left behind by a move, as std::string's short texts are. It must not be put into a log line
// or an Error; so it has no way to print itself.
#pragma once

#include <string.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace restante {

/// Overwrites what the string holds, in a way that no compiler leaves out, and empties it.
inline void wipe(std::string& text) {
  ::explicit_bzero(text.data(), text.size());
  text.clear();
}

/// Appends without leaving a copy behind when the string has to grow.
inline void append_secret(std::string& text, std::string_view more) {
  if (text.capacity() - text.size() < more.size()) {
    std::string larger;
    larger.reserve(std::max(2 * text.size(), text.size() + more.size()));
    larger.append(text);
    wipe(text);
    text.swap(larger);
  }
  text.append(more);
}

class SecretString {
 public:
  SecretString() = default;
  explicit SecretString(std::string_view text)
      : bytes_(text.empty() ? nullptr : std::make_unique<char[]>(text.size())), size_(text.size()) {
    std::copy(text.begin(), text.end(), bytes_.get());
  }
  SecretString(const SecretString& other) : SecretString(other.view()) {}
  SecretString(SecretString&& other) noexcept
      : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}
  SecretString& operator=(SecretString other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~SecretString() {
    if (bytes_) ::explicit_bzero(bytes_.get(), size_);
  }

  [[nodiscard]] std::string_view view() const { return {bytes_.get(), size_}; }
  /// As view(): what takes a text takes a secret.
  operator std::string_view() const { return view(); }  // NOLINT(google-explicit-constructor)
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

}  // namespace restante
