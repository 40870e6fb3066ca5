// One end of the line between us and a reader process: frames, each a kind, a length and octets;
// a request may carry an open file. The reader's end waits for as long as it takes; ours takes a
// reader for what it may be, another's program.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "archive/mailbox/files.h"

namespace restante::archive {

/// How long taking a request and answering it may take; an answer in pieces as long again for each
/// kPatientBytes of them.
struct Patience {
  std::chrono::milliseconds processor{1000};  ///< That the reader uses.
  std::chrono::milliseconds wall{3000};       ///< On a machine that is busy with other things.
};

/// The octets that a slow disk gives in that time.
inline constexpr std::uint64_t kPatientBytes = 4ULL << 20;

enum class FrameKind : std::uint8_t {
  kRequest,
  kPiece,
  kAnswer,
  kNothing,  ///< There is no such part.
  kTrouble,  ///< The file cannot be read; the octets say why.
  kUnfit,    ///< There is no jail for the reader, so it reads nothing; the octets say why.
  kPdf,      ///< A reader is needed that can read PDF files (zygote.h).
};

struct Frame {
  FrameKind kind = FrameKind::kRequest;
  bool is_last = false;  ///< Of this reader: it has read enough, and another goes on.
  std::string octets;
  Descriptor file;  ///< That came with it.
};

/// More in one frame is nonsense.
inline constexpr std::uint64_t kFrameBytesMax = 64ULL << 20;

/// False: the other end is gone. Errors are the same to us.
bool send_frame(int socket, FrameKind kind, bool is_last, std::string_view octets, int file = -1);

/// The next one, waiting without an end; nothing: the other end is gone, or talks nonsense.
std::optional<Frame> receive_frame(int socket);

/// A reader process, as its owner has it. Its end is the reader's.
class Line {
 public:
  enum class Outcome : std::uint8_t {
    kFrame,
    kGone,      ///< It has ended, by itself or by a limit.
    kTooLong,   ///< It has computed for longer than that.
    kSilent,    ///< It said nothing, and computed little: it is stopped, or waits for a disk.
    kNonsense,  ///< Its frame is none that it may send.
  };

  Line(Descriptor socket, Descriptor process, pid_t id)
      : socket_(std::move(socket)), process_(std::move(process)), id_(id) {}
  Line(Line&&) = default;
  Line& operator=(Line&&) = delete;
  /// Ends the reader.
  ~Line();

  /// Begins an exchange, which `patience` is for. kFrame: the request is sent.
  Outcome send(std::string_view request, const Descriptor& file, const Patience& patience);
  /// The next frame of the answer.
  Outcome receive(Frame& frame);
  /// No octets have come unasked, and it has not ended: another may ask it.
  [[nodiscard]] bool is_quiet() const;
  /// It has served enough: a message that has taken it over gets no further.
  [[nodiscard]] bool is_worn() const;

 private:
  /// Until there is something to read, or room to write (POLLIN, POLLOUT).
  Outcome wait(short event);
  /// Of the reader's process; nothing where it cannot be known.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> processor_time() const;

  Descriptor socket_;
  Descriptor process_;  // Its pidfd; may be missing.
  pid_t id_ = 0;
  unsigned exchanges_ = 0;
  // Of this exchange.
  Patience patience_;
  std::chrono::nanoseconds used_before_{0};
  std::chrono::nanoseconds waited_{0};  // For the reader, not for the use of its pieces.
  std::uint64_t piece_bytes_ = 0;
};

}  // namespace restante::archive
