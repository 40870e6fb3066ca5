// For tests of the reader: one that obeys the message, as an intruder in it would.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "archive/mailbox/test_support.h"
#include "archive/reader/reader.h"
#include "archive/reader/wire.h"
#include "archive/reader/zygote.h"
#include "documents/pdf_text.h"
#include "process/seccomp.h"

namespace restante::archive {

// Of little processor time, and enough of any other for a machine that does many things.
inline constexpr Patience kHasty{std::chrono::milliseconds(50), std::chrono::seconds(10)};
inline constexpr Patience kShort{std::chrono::seconds(5), std::chrono::milliseconds(100)};
inline constexpr Patience kShortButFair{
    std::chrono::seconds(5),
    std::chrono::milliseconds(500)};  // A good message is read in it on any machine.

inline std::string beginning_of(const Descriptor& file) {
  std::string octets(64, '\0');
  const ssize_t count = ::pread(file.number(), octets.data(), octets.size(), 0);
  octets.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return octets;
}

[[noreturn]] inline void compute_for_ever() {
  for (volatile unsigned i = 0;; i = i + 1) continue;
}

/// Of an intruder, who has the reader's socket.
inline constexpr int kReaderSocket = 3;

/// Two answers at once.
inline void answer_twice(const std::string& octets) {
  const std::uint64_t head = static_cast<std::uint64_t>(octets.size()) << 8U |
                             static_cast<std::uint64_t>(FrameKind::kAnswer) << 1U;
  std::string frame(reinterpret_cast<const char*>(&head), sizeof head);
  frame += octets;
  static_cast<void>(::send(kReaderSocket, (frame + frame).data(), 2 * frame.size(), MSG_NOSIGNAL));
}

inline Reading reading_of(const std::string& text) {
  Reading reading;
  reading.text = text;
  return reading;
}

/// Orders about pieces.
inline Status obey_in_pieces(std::string_view order, const OctetSink& pieces) {
  RESTANTE_CHECKED(pieces("one "));
  if (order.starts_with("pieces")) return pieces("two");
  if (order.starts_with("break")) ::abort();
  if (order.starts_with("again")) send_frame(kReaderSocket, FrameKind::kPdf, true, {});
  for (;;) {
    if (order.starts_with("drip")) ::poll(nullptr, 0, 20);
    const std::size_t bytes = order.starts_with("empty") ? 0 : order.starts_with("drip") ? 1 : 9000;
    RESTANTE_CHECKED(pieces(std::string(bytes, 'x')));
  }
}

/// A reader that does what the message says.
inline Result<std::string> obey(const Request& request, Descriptor file, const OctetSink& pieces) {
  const std::string order = file.is_open() ? beginning_of(file) : request.raw;
  if (order.starts_with("crash")) ::abort();
  if (order.starts_with("hang")) compute_for_ever();
  if (order.starts_with("stop")) ::poll(nullptr, 0, -1);
  if (order.starts_with("grow"))
    for (std::vector<std::string> all;;) {
      all.emplace_back(64U << 20, 'x');
      if (process::kSanitized && all.size() > 8) ::abort();  // There memory has no bound.
    }
  if (order.starts_with("in-document") && request.document_time.count() > 0) {
    if (order.find("crash") != std::string::npos) ::abort();
    if (order.find("stop") != std::string::npos) ::poll(nullptr, 0, -1);
    compute_for_ever();
  }
  if (order.starts_with("no-module")) text::load_pdf_module("/nowhere/librestante_pdf.so");
  if (order.starts_with("lie")) return std::string("no reading at all");
  if (order.starts_with("8bit")) return packed(reading_of("\xFF"));
  if (request.ask == Ask::kPart && !order.starts_with("Subject")) {
    RESTANTE_CHECKED(obey_in_pieces(order, pieces));
    return std::string();
  }
  static int requests = 0;
  ++requests;
  if (order.starts_with("count")) return packed(reading_of(std::to_string(requests)));
  if (order.starts_with("moody") && requests > 1)
    send_frame(kReaderSocket, FrameKind::kRequest, false, "no, you");
  if (order.starts_with("fickle") && requests > 1) return std::string("no reading at all");
  if (order.starts_with("unfit"))
    send_frame(kReaderSocket, FrameKind::kUnfit, true, "seccomp: Operation not permitted");
  if (order.starts_with("greedy")) send_frame(kReaderSocket, FrameKind::kPdf, true, {});
  if (order.starts_with("ahead")) {
    answer_twice(packed(reading_of("forged")));
    ::poll(nullptr, 0, -1);
  }
  return answer(request, std::move(file), pieces);
}

class ReaderTest : public ArchiveTest {
 protected:
  ReaderTest() { start_readers(obey); }
  ~ReaderTest() override { end_readers(); }

  Path put(std::string_view octets) {
    write_file(archive_.path() / "m", octets);
    return archive_.path() / "m";
  }
  Result<Reading> read(std::string_view octets, const Patience& patience = {}) {
    Wanted wanted;
    wanted.text_bytes_max = 1000;
    return Reader(patience).read(put(octets), wanted);
  }
  static std::vector<pid_t> children(pid_t of) {
    const std::string id = std::to_string(of);
    std::ifstream list("/proc/" + id + "/task/" + id + "/children");
    return {std::istream_iterator<pid_t>(list), {}};
  }
  /// The one child of this process.
  static pid_t zygote() {
    const auto all = children(::getpid());
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? -1 : all.front();
  }
  static bool becomes(const std::function<bool()>& true_) {
    for (int i = 0; i < 1000 && !true_(); ++i) ::poll(nullptr, 0, 10);
    return true_();
  }
  /// The text of a good message: the readers go on.
  void expect_well() {
    const auto reading = read("Subject: good\n\nhello\n");
    ASSERT_TRUE(reading) << reading.error().message();
    EXPECT_EQ(reading->headers.subject, "good");
    EXPECT_EQ(reading->text, "hello\n");
  }
};

}  // namespace restante::archive
