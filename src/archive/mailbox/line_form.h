// A message's two forms: as received (CRLF) and on the disk (LF, which is what readers of a Maildir
// expect). Streaming; pieces may be cut anywhere. To the disk and back is exact for every message
// without a bare LF; one with a bare LF is kept as received.
#pragma once

#include <string>
#include <string_view>

namespace restante::archive {

/// From received to disk form: CRLF becomes LF; every other CR stays.
class ToDiskForm {
 public:
  /// Appends the disk form to `out`. False at the first bare LF: this message has no disk form, and
  /// nothing of this piece was appended.
  bool write(std::string_view received, std::string& out);
  /// Appends a CR that was still waiting for its LF.
  void finish(std::string& out);

 private:
  bool holds_cr_ = false;
};

/// From disk to received form: every LF becomes CRLF. Keeps no state: pieces may be cut anywhere.
void append_received_form(std::string_view disk, std::string& out);

}  // namespace restante::archive
