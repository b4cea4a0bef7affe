using Penstock.EdgeAgent.Outbox;

namespace Penstock.EdgeAgent.Forwarding;

/// <summary>
/// Takes groups of one lane, several at once when they already wait. A take that is not finished is kept for the next call
/// and never cancelled away, so no group is lost between outbox and lane. Used by one task.
/// </summary>
internal sealed class GroupTaker(Func<CancellationToken, ValueTask<OutboxGroup>> take)
{
    private const int MostBytes = 4 << 20;
    private Task<OutboxGroup>? _pending;

    /// <summary>At least one group, waited for; more up to this many records.</summary>
    public async Task<IReadOnlyList<OutboxGroup>> NextAsync(int mostRecords, CancellationToken token)
    {
        var first = Pending(token);
        try
        {
            await first;
        }
        finally
        {
            _pending = null;
        }

        List<OutboxGroup> groups = [await first];
        var records = groups[0].Count;
        var bytes = groups[0].Lines.Length;
        while (Pending(token) is { IsCompletedSuccessfully: true } next)
        {
            var group = await next;
            records += group.Count;
            bytes += group.Lines.Length;
            if (records > mostRecords || bytes > MostBytes)
                break;
            groups.Add(group);
            _pending = null;
        }

        return groups;
    }

    /// <summary>After the token of the last call was cancelled: the group that was taken all the same, if any.</summary>
    public async Task<OutboxGroup?> LeftOverAsync()
    {
        try
        {
            return _pending is null ? null : await _pending;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            _pending = null;
        }
    }

    private Task<OutboxGroup> Pending(CancellationToken token) => _pending ??= take(token).AsTask();
}
