"""Perl's Net::POP3 3.14: gives lines that end in LF."""

from . import run, to_unix

TLS = ("none", "starttls", "implicit")

# Arguments: host port tls user password keep; stores message N as N.eml, prints the sizes.
_PROGRAM = r"""
use strict; use warnings; use Net::POP3;
my ($host, $port, $tls, $user, $password, $keep) = @ARGV;
my %insecure = (SSL_verify_mode => 0);
my $pop = Net::POP3->new($host, Port => $port, Timeout => 60,
                         SSL => $tls eq "implicit" ? 1 : 0, %insecure) or die "connect: $@";
if ($tls eq "starttls") { $pop->starttls(%insecure) or die "starttls: " . $pop->message; }
defined $pop->login($user, $password) or die "login: " . $pop->message;
my $sizes = $pop->list;
my $uids = $pop->uidl;
for my $number (sort { $a <=> $b } keys %$sizes) {
  die "uidl" unless defined $uids->{$number};
  open(my $file, ">:raw", "$number.eml") or die $!;
  # Over TLS it takes IO::Socket::SSL's getline, which leaves the CR.
  print $file map { s/\r\n\z/\n/r } @{ $pop->get($number) };
  close($file) or die $!;
  print "$sizes->{$number}\n";
  $pop->delete($number) unless $keep;
}
$pop->quit or die "quit";
"""


def fetch(target):
    words = [target.host, target.port, target.tls, target.account.name, target.account.password,
             int(target.keep)]
    printed = run(["perl", "-e", _PROGRAM, *words], target)
    assert len(printed.splitlines()) == target.count
    return [(target.folder / f"{number}.eml").read_bytes()
            for number in range(1, target.count + 1)]


def stored(message):
    return to_unix(message)
