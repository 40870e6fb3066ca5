#include "restante/reading/reading.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "base/ascii.h"
#include "console/harmless.h"
#include "console/meter.h"
#include "restante/frame/local_time.h"
#include "restante/reading/archive_view.h"
#include "text/cells.h"
#include "text/charsets/charset.h"

namespace restante::cli {
namespace {

/// Breaks between words; a word that is too long stays whole.
std::string wrapped(std::string_view line, std::size_t columns) {
  std::string out;
  std::size_t width = 0;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    const std::size_t word_width = text::cells(word);
    if (width > 0 && width + 1 + word_width > columns) {
      out += '\n';
      width = 0;
    } else if (width > 0) {
      out += ' ';
      ++width;
    }
    out.append(word);
    width += word_width;
  }
  return out;
}

std::string lines_of(const std::string& body, std::size_t columns) {
  if (columns == 0) return body;
  std::string out;
  std::string_view rest = body;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    // Lines that begin with a blank are drawn, not written: tables, code.
    out += line.size() <= columns || line.starts_with(' ') ? std::string(line)
                                                           : wrapped(line, columns);
    out += '\n';
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

std::string attachment_list(const archive::Reading& message) {
  std::string list;
  for (const archive::MimePart& part : message.parts) {
    if (!part.is_attachment) continue;
    list +=
        console::harmless_line(fmt::format(
            "[{}] {}  {}", part.number, part.name.empty() ? "(no name)" : part.name, part.type)) +
        "\n";
  }
  return list;
}

}  // namespace

archive::Wanted wanted_as_text() {
  archive::Wanted wanted;
  wanted.file_bytes_max = kReadBytesMax;
  wanted.fields = true;
  wanted.links = true;
  wanted.text_bytes_max = kShownBytesMax;
  return wanted;
}

archive::Wanted wanted_as_html() {
  archive::Wanted wanted;
  wanted.file_bytes_max = kReadBytesMax;
  wanted.fields = true;
  wanted.html_bytes_max = kShownBytesMax;
  return wanted;
}

std::vector<std::string> heading_of(const archive::Reading& message, bool all) {
  std::vector<std::string> lines;
  for (const auto& [name, value] : message.fields) {
    const bool matters = equals_ignore_case(name, "From") || equals_ignore_case(name, "To") ||
                         equals_ignore_case(name, "Cc") || equals_ignore_case(name, "Bcc") ||
                         equals_ignore_case(name, "Date") || equals_ignore_case(name, "Subject") ||
                         equals_ignore_case(name, "Reply-To");
    if (!all && !matters) continue;
    // The sender's own words of the date stand among all fields; here people read the moment in
    // their time.
    const auto date = message.headers.date;
    const bool is_date = !all && date && equals_ignore_case(name, "Date");
    lines.push_back(console::harmless_line(name + ": " + (is_date ? long_date(*date) : value)));
  }
  return lines;
}

std::string text_of(const archive::Reading& message, bool all_headers, std::size_t columns) {
  std::string out;
  for (const std::string& line : heading_of(message, all_headers)) out += line + "\n";
  out += "\n";
  std::string body;
  for (const char c : message.text) {
    if (c == '\t') {
      body += "    ";
    } else if (c != '\r') {
      body += c;
    }
  }
  out += lines_of(console::harmless(body), columns);
  if (!out.ends_with('\n')) out += '\n';
  const std::string attachments = attachment_list(message);
  if (!attachments.empty()) out += "\nAttachments:\n" + attachments;
  if (!message.is_whole) out += "\n(This message is damaged or was cut: not all of it is shown.)\n";
  return out;
}

std::string html_of(const archive::Reading& message) {
  std::string before = "<table>\n";
  for (const std::string& line : heading_of(message, false)) {
    const std::size_t colon = line.find(": ");
    before += "<tr><th>" + text::escape_html(line.substr(0, colon)) + "</th><td>" +
              text::escape_html(line.substr(colon + 2)) + "</td></tr>\n";
  }
  before += "</table>\n<hr>\n";
  const text::CleanHtml& body = message.html;
  if (body.remote_images > 0)
    before += fmt::format("<p><small>{} pictures from elsewhere were left out.</small></p>\n",
                          body.remote_images);
  const std::string attachments = attachment_list(message);
  std::string after;
  if (!attachments.empty()) after = "<hr>\n<pre>" + text::escape_html(attachments) + "</pre>\n";
  return console::escaped_html(
      text::html_document(message.headers.subject, before, body.html + after));
}

boost::json::object json_of(const archive::Reading& message) {
  boost::json::array headers;
  for (const auto& [name, value] : message.fields)
    headers.push_back(boost::json::object{{"name", name}, {"value", value}});
  boost::json::array files;
  for (const archive::MimePart& part : message.parts) {
    if (part.is_attachment)
      files.push_back(
          boost::json::object{{"number", part.number}, {"name", part.name}, {"type", part.type}});
  }
  return {{"headers", std::move(headers)},
          {"text", message.text},
          {"attachments", files},  // Where programs have always found it.
          {"files", std::move(files)},
          {"whole", message.is_whole}};
}

}  // namespace restante::cli
