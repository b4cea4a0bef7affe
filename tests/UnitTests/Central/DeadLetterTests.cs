using System.Text;
using Penstock.Central.DeadLetters;
using Penstock.Central.Historian;
using Penstock.Central.Historian.Sqlite;
using Xunit;
using static Penstock.UnitTests.Central.Records;

namespace Penstock.UnitTests.Central;

/// <summary>Dead letters that are tried again.</summary>
public sealed class DeadLetterTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SqliteHistorian _historian;

    public DeadLetterTests() => _historian = new(_folder["h.db"], TimeProvider.System);

    public void Dispose()
    {
        _historian.DisposeAsync().AsTask().Wait();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_is_understood_now_is_stored_and_its_number_is_dead_no_more()
    {
        await _historian.CommitAsync([Refused(Refusal(1, Line(1)), Refusal(2, "garbage"))], [], default);
        var letters = await _historian.ReadDeadLettersAsync(0, 10, default);

        var outcome = await DeadLetterRetry.RunAsync(_historian, letters, default);

        Assert.Equal((1, 0), (outcome.Stored, outcome.Duplicates));
        Assert.Equal(letters[1].Id, Assert.Single(outcome.Refused).Id);
        Assert.Equal("garbage", Encoding.UTF8.GetString(Assert.Single(await _historian.ReadDeadLettersAsync(0, 10, default)).Bytes));
        var ledger = Assert.Single(Assert.Single(await _historian.ReadAgentsAsync(null, default)).Ledger);
        Assert.Equal((1, 1), (ledger.Stored, ledger.Dead));
    }

    [Fact]
    public async Task What_is_stored_already_leaves_the_letters_and_is_not_stored_twice()
    {
        var line = Line(1);
        await _historian.CommitAsync([Refused(Refusal(1, line))], [], default);
        await DeadLetterRetry.RunAsync(_historian, await _historian.ReadDeadLettersAsync(0, 10, default), default);
        await _historian.CommitAsync([Refused(Refusal(1, line))], [], default);

        var outcome = await DeadLetterRetry.RunAsync(_historian, await _historian.ReadDeadLettersAsync(0, 10, default), default);

        Assert.Equal((0, 1, 0), (outcome.Stored, outcome.Duplicates, outcome.Refused.Count));
        Assert.Empty(await _historian.ReadDeadLettersAsync(0, 10, default));
    }

    [Fact]
    public async Task A_letter_whose_bytes_were_cut_stays()
    {
        await _historian.CommitAsync([Refused(Refusal(1, Line(1) + new string(' ', DeadLetter.MaxBytes)))], [], default);

        var outcome = await DeadLetterRetry.RunAsync(_historian, await _historian.ReadDeadLettersAsync(0, 10, default), default);

        Assert.Contains($"only {DeadLetter.MaxBytes} of", Assert.Single(outcome.Refused).Reason, StringComparison.Ordinal);
    }
}
