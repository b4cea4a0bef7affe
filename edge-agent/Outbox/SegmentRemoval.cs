namespace Penstock.EdgeAgent.Outbox;

/// <summary>
/// Deletes segments, from the oldest on and one after the other: a later segment may hold the acknowledgements of an earlier
/// one, so the earlier name must be gone for good before the later one goes.
/// </summary>
internal sealed class SegmentRemoval(IOutboxFiles files, SegmentIndex index, IReadOnlyList<GroupReader> readers, string epoch, ILogger log)
{
    private bool _folderUnsynced;

    /// <summary>Deletes what is done up to the present segment.</summary>
    public void Trim(Segment? present)
    {
        try
        {
            if (_folderUnsynced)
                SyncFolder();
            while (index.Segments.Count > 0 && index.Segments[0] is var oldest && oldest != present && index.IsDone(oldest))
            {
                Delete(oldest);
                SyncFolder();
            }
        }
        catch (IOException e)
        {
            log.OutboxCannotDelete(files.Folder, e);
        }
    }

    /// <summary>A segment of which nothing counts may go at any time.</summary>
    public void DeleteEmpty(Segment segment)
    {
        try
        {
            Delete(segment);
        }
        catch (IOException e)
        {
            log.OutboxCannotDelete(files.Folder, e);
        }
    }

    private void SyncFolder()
    {
        files.SyncFolder();
        _folderUnsynced = false;
    }

    private void Delete(Segment segment)
    {
        foreach (var reader in readers)
            reader.Close();
        files.Delete(segment.Name);
        _folderUnsynced = true;
        index.Remove(segment, epoch);
    }
}
