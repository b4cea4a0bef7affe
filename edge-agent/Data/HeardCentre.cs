using Penstock.Contracts;

namespace Penstock.EdgeAgent.Data;

/// <summary>
/// Whether this agent has ever heard a centre confirm its records: the file <c>heard-centre</c> in the data folder. It decides
/// at the next start whose word counts before the first confirmation comes.
/// </summary>
internal sealed class HeardCentre(string folder, ILogger log)
{
    private readonly string _file = Path.Combine(folder, "heard-centre");

    private int _kept;

    public bool Ever => File.Exists(_file);

    /// <summary>Notes the first confirmation of all; does nothing from then on. Any thread may call.</summary>
    public void KeepOnce(Timestamp at)
    {
        if (Interlocked.Exchange(ref _kept, 1) != 0 || Ever)
            return;
        try
        {
            File.WriteAllText(_file, $"{at}\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.HeardCentreNotKept(_file, e.Message);
        }
    }
}
