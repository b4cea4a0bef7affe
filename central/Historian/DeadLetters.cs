using System.Security.Cryptography;
using System.Text;
using Penstock.Contracts;

namespace Penstock.Central.Historian;

/// <summary>A refused record as it is kept. Its bytes are cut where <see cref="IsWhole"/> is false.</summary>
internal sealed record DeadLetter(
    long Id, Timestamp Received, string? Agent, string? Epoch, long? Seq, string Reason, byte[] Bytes, long Size, MessageOrigin? Origin)
{
    /// <summary>Most letters that are kept; the oldest go first.</summary>
    public const int MaxRows = 10_000;

    /// <summary>Most bytes kept of one: every record that an agent may send is kept whole, so that it can be tried again.</summary>
    public const int MaxBytes = RecordCodec.MaxEventBytes;

    public bool IsWhole => Bytes.Length == Size;

    /// <summary>The part of the bytes that is kept.</summary>
    public static byte[] Kept(RefusedLine line) => line.Bytes.Length > MaxBytes ? line.Bytes[..MaxBytes] : line.Bytes;

    /// <summary>Equal for the same bytes refused for the same reason: however often they come, they are kept once.</summary>
    public static byte[] Hash(RefusedLine line)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(line.Reason));
        hash.AppendData([0]);
        hash.AppendData(line.Bytes);
        return hash.GetHashAndReset();
    }
}

/// <summary>Reads the dead letters and disturbs no centre meanwhile.</summary>
internal interface IDeadLetterReader
{
    /// <summary>The next ones behind a number, oldest first; 0 begins with the first.</summary>
    /// <exception cref="HistorianException">They cannot be read; the message names the repair.</exception>
    ValueTask<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(long after, int most, CancellationToken cancel);
}

/// <summary>A historian whose dead letters a person can decide on.</summary>
internal interface IDeadLetters : IDeadLetterReader
{
    /// <summary>Removes them; the ledger goes on calling their numbers dead. Returns how many were there.</summary>
    ValueTask<int> RemoveDeadLettersAsync(IReadOnlyList<long> ids, CancellationToken cancel);
}
