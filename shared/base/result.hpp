#pragma once
// Failures as values. Four kinds of "no" are never mixed in this program:
//   refusal  a domain answer for people (shared/domain), not an error
//   failure  disk, network or bad input: Failure, carried by Result<T>
//   finding  the data is in, something about it is odd (shared/registers)
//   bug      VERIFY(condition): the process stops

#include "shared/base/text.hpp"

#include <tl/expected.hpp>

#include <string>
#include <utility>

namespace cunzheng {

enum class FailureCode {
  bad_input,    // what was handed in breaks a rule; `field` and `rule` say which
  not_found,    // it is not there
  unreadable,   // it is there and cannot be read: damaged, sealed with another key
  refused,      // somebody with the right to do so said no: wrong passphrase, revoked, not yours
  conflict,     // it contradicts what is held: a broken chain, a second branch, a stale number
  unavailable,  // the disk is full, the peer is away, the store is shut: may work later
};

struct Failure {
  FailureCode code = FailureCode::bad_input;
  Text what;           // one sentence for a person, with what to do next where there is something to do
  std::string field;   // the field of the input, dotted: "applicant.id_number"; empty: no field is meant
  std::string rule;    // the rule or standard broken: "R9", "GB 11643"; empty: none
};

template <class T>
using Result = tl::expected<T, Failure>;
using Status = Result<void>;

[[nodiscard]] inline tl::unexpected<Failure> fail(FailureCode code, Text what, std::string field = {},
                                                  std::string rule = {}) {
  return tl::make_unexpected(Failure{code, std::move(what), std::move(field), std::move(rule)});
}

// Says what was being done when `failure` happened; code, field and rule stay.
[[nodiscard]] inline Failure during(const Text& action, Failure failure) {
  failure.what = Text{action.zh + "：" + failure.what.zh, action.en + ": " + failure.what.en};
  return failure;
}

}  // namespace cunzheng

#define CUNZHENG_JOIN_INNER(a, b) a##b
#define CUNZHENG_JOIN(a, b) CUNZHENG_JOIN_INNER(a, b)

// TRY(auto x, may_fail()): x is the value, or this function returns the failure.
#define TRY(declaration, expression) TRY_NAMED(CUNZHENG_JOIN(try_result_, __LINE__), declaration, expression)
#define TRY_NAMED(name, declaration, expression)                                  \
  auto name = (expression);                                                       \
  if (!name) return tl::make_unexpected(std::move(name).error());                 \
  declaration = *std::move(name)

// CHECK(may_fail()): goes on, or this function returns the failure.
#define CHECK(expression)                                                              \
  do {                                                                                 \
    if (auto check_result = (expression); !check_result)                               \
      return tl::make_unexpected(std::move(check_result).error());                     \
  } while (false)
