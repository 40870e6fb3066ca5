// Headers are looked at before bodies are fetched, by TOP: to leave out what a rule leaves out, and
// to recognise what is here already although its unique id is new or missing. Private to the
// collector.
#pragma once

#include <vector>

#include "fetch/run/run.h"
#include "fetch/session/session.h"
#include "fetch/state/recogniser.h"

namespace restante::fetch {

/// Takes out of `plan.fetch` the messages that need not be fetched, and notes why. Does nothing
/// where the server has no TOP, or where TOP cannot save a fetch. After an Error the session is
/// over.
Status inspect(Run& run, Session& session, Plan& plan);

}  // namespace restante::fetch
