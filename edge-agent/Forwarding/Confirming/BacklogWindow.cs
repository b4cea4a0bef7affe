namespace Penstock.EdgeAgent.Forwarding.Confirming;

/// <summary>
/// How much backlog may wait for the historian: what it confirms in <see cref="Target"/>. More would only stand in line in the
/// topic, and live records of the same partitions behind it. Each confirmation corrects the window by the share of it that was
/// confirmed, so it is right one waiting time later whatever the historian does. Not thread safe.
/// </summary>
internal sealed class BacklogWindow
{
    /// <summary>Wanted time between the broker's answer for a backlog group and its confirmation.</summary>
    public static readonly TimeSpan Target = TimeSpan.FromMilliseconds(500);

    public const long Start = 10_000;
    public const long Least = 4_000;
    public const long Most = 400_000;

    private double _records = Start;

    /// <summary>Records that may wait.</summary>
    public long Records => (long)_records;

    /// <param name="records">Of the group that was confirmed.</param>
    /// <param name="waited">From the broker's answer to the confirmation.</param>
    /// <param name="waiting">Records that waited when it came. A window that is not used says nothing, and does not grow.</param>
    public void Confirmed(int records, TimeSpan waited, long waiting)
    {
        var change = Math.Clamp((Target / waited) - 1, -0.5, 1);
        if (change < 0 || waiting > _records / 2)
            _records = Math.Clamp(_records + (records * change), Least, Most);
    }
}
