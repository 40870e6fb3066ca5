#include "console/ascii_output.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <streambuf>
#include <string>

#include "text/ascii.h"
#include "text/charsets/charset.h"

namespace restante::console {
namespace {

/// How many octets at the end begin a character that goes on.
std::size_t unfinished(std::string_view octets) {
  constexpr std::size_t kBeginningMax = 3;
  for (std::size_t back = 1; back <= std::min(kBeginningMax, octets.size()); ++back) {
    const auto octet = static_cast<unsigned char>(octets[octets.size() - back]);
    if ((octet & 0xC0U) == 0x80U) continue;
    const std::size_t length = octet >= 0xF0 ? 4 : octet >= 0xE0 ? 3 : octet >= 0xC0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

}  // namespace

bool is_c_locale() {
  for (const char* const name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* const value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return std::string_view(value) == "C" || std::string_view(value) == "POSIX";
  }
  return false;
}

/// In place of a stream's own buffer, in front of it.
class AsciiOutput::Filter : public std::streambuf {
 public:
  explicit Filter(std::ostream& stream) : stream_(stream), target_(stream.rdbuf(this)) {}
  ~Filter() override { stream_.rdbuf(target_); }
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

 protected:
  std::streamsize xsputn(const char* octets, std::streamsize count) override {
    rest_.append(octets, static_cast<std::size_t>(count));
    const std::size_t ready = rest_.size() - unfinished(rest_);
    const std::string ascii = text::to_ascii(text::mend_utf8(rest_.substr(0, ready)));
    rest_.erase(0, ready);
    const auto bytes = static_cast<std::streamsize>(ascii.size());
    return target_->sputn(ascii.data(), bytes) == bytes ? count : 0;
  }
  int_type overflow(int_type character) override {
    const char octet = traits_type::to_char_type(character);
    return xsputn(&octet, 1) == 1 ? character : traits_type::eof();
  }
  int sync() override { return target_->pubsync(); }

 private:
  std::ostream& stream_;
  std::streambuf* target_;
  std::string rest_;  // The beginning of a character whose end was not written yet.
};

AsciiOutput::AsciiOutput() {
  if (!is_c_locale()) return;
  if (::isatty(STDOUT_FILENO) == 1) out_ = std::make_unique<Filter>(std::cout);
  if (::isatty(STDERR_FILENO) == 1) errors_ = std::make_unique<Filter>(std::cerr);
}

AsciiOutput::~AsciiOutput() = default;

}  // namespace restante::console
