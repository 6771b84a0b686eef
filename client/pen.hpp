#pragma once
// The laptop's own journal: gives drafts their place and time, and certificates their number. On the loop thread.

#include "client/recorder.hpp"
#include "shared/journal/writer.hpp"

namespace cunzheng::client {

// What was written, durable.
struct Written {
  std::vector<journal::EntryId> ids;  // in the order of the drafts
  journal::Seq first = 0;
  bool is_clock_doubtful = false;
};

class Pen {
 public:
  // The books hold the own journal. All outlive the pen.
  static Result<Pen> take(Books& books, Recorder& recorder, const Clock& clock, crypto::KeyPair device_key);

  // The clock's day for whatever carries a date. With a clock in doubt refused (rule O6), unless a person names that
  // very day from paper.
  Result<CivilDate> today(const std::optional<CivilDate>& confirmed) const;
  TimeClaim claim() const;

  // The number that the next certificate gets. conflict (rule O6) if the clock's year lies before one that was
  // numbered under a clock not in doubt.
  Result<domain::CertificateNumber> next_number(CivilDate on, const std::string& code12) const;
  // Composes and hands in the drafts; one of them may be the CertificateIssued with next_number(), which is thereby
  // taken.
  void write(std::vector<journal::Draft> drafts, std::optional<domain::CertificateNumber> number,
             std::function<void(Result<Written>)> done);

  // Why nothing may be written any more; none: all is well.
  void stop(Failure why) { stopped_ = std::move(why); }
  Status may_write() const;

  const journal::Writer& writer() const { return writer_; }
  char series_letter() const { return letter_; }

 private:
  Pen(Books& books, Recorder& recorder, const Clock& clock, journal::Writer writer, char letter)
      : books_(&books), recorder_(&recorder), clock_(&clock), writer_(std::move(writer)), letter_(letter) {}

  Books* books_;
  Recorder* recorder_;
  const Clock* clock_;
  journal::Writer writer_;
  char letter_;
  Books::Series series_;  // with what is on its way to the disk
  std::optional<Failure> stopped_;
};

}  // namespace cunzheng::client
