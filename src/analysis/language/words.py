"""Words that stand in data sets as codes, in settings or in results, looked up by tables and figures that show them.

What else is shown is marked where it is written.
"""

from analysis.language import mark

CODES = (
    *(mark("doubt"), mark("repaired"), mark("rejected"), mark("set aside"), mark("read"), mark("used")),
    *(
        mark("error"),
        mark("warning"),
        mark("info"),
        mark("pass"),
        mark("fail"),
        mark("query"),
        mark("adjudicate"),
    ),
    *(
        mark("inclusion"),
        mark("exclusion"),
        mark("eligible"),
        mark("ineligible"),
        mark("minor"),
        mark("major"),
    ),
    *(mark("primary"), mark("secondary"), mark("exploratory"), mark("composite"), mark("hypothetical")),
    *(mark("recorded"), mark("derived"), mark("both"), mark("neither"), mark("failure"), mark("intolerance")),
    *(
        mark("definite"),
        mark("probable"),
        mark("possible"),
        mark("classic"),
        mark("none found"),
        mark("not tested"),
    ),
    *(mark("hypomyopathic"), mark("amyopathic"), mark("premyopathic"), mark("amyopathic CADM")),
    *(mark("minimal"), mark("moderate"), mark("high"), mark("low"), mark("remission"), mark("missing")),
    *(mark("two-sided"), mark("greater"), mark("less"), mark("unstructured"), mark("compound symmetry")),
    *(
        mark("Linear"),
        mark("Logistic"),
        mark("robust"),
        mark("given"),
        mark("exact"),
        mark("all"),
        mark("good"),
    ),
    *(mark("points"), mark("point"), mark("years"), mark("year"), mark("days"), mark("day"), mark("months")),
    *(mark("mechanisms"), mark("mechanism"), mark("mg/day"), mark("mg/kg/day"), mark("percentage points")),
    *(mark("inefficacy"), mark("adverse event"), mark("death"), mark("infection"), mark("remission")),
    *(
        mark("patient"),
        mark("participant"),
        mark("subject"),
        mark("uncertain"),
        mark("censored"),
        mark("sponsor"),
    ),
    *(
        mark("patient absent"),
        mark("supply"),
        mark("discontinued"),
        mark("not stated"),
        mark("lost"),
        mark("other"),
    ),
    *(mark("rescue glucocorticoid"), mark("study drug discontinued"), mark("glucocorticoid above baseline")),
    *(mark("assessment missing"), mark("concomitant drug not allowed"), mark("entry criterion not met")),
    *(
        mark("dose left out or outside its window"),
        mark("visit outside its window"),
        mark("after the data cut"),
        mark("after the last visit looked at"),
    ),
    *(
        mark("subject entered after the data cut"),
        mark("exact duplicate"),
        mark("no subject id"),
        mark("no entry"),
    ),
    *(
        mark("unknown subject"),
        mark("unknown analyte"),
        mark("an intercurrent event"),
        mark("a protocol deviation"),
    ),
    *(
        mark("not IIM"),
        mark("ADM"),
        mark("DM"),
        mark("IMNM"),
        mark("juvenile DM"),
        mark("as recorded by the site"),
    ),
    *(
        mark("completed"),
        mark("withdrew"),
        mark("treat all"),
        mark("treat none"),
        mark("main"),
        mark("access cost"),
        mark("patient choice"),
        mark("model"),
        mark("none"),
        mark("p"),  # head of a column
    ),
)
TABLES = (
    *(mark("subjects"), mark("visits"), mark("labs"), mark("treatments"), mark("doses"), mark("deviations")),
    *(mark("adverse_events"), mark("intercurrent_events"), mark("screening"), mark("disposition")),
)
DRUGS = (  # as the dictionary names them; Chinese approved names
    *(mark("methotrexate"), mark("leflunomide"), mark("hydroxychloroquine"), mark("sulfasalazine")),
    *(mark("iguratimod"), mark("tripterygium glycosides"), mark("tacrolimus"), mark("azathioprine")),
    *(mark("cyclophosphamide"), mark("ciclosporin"), mark("mycophenolate"), mark("immunoglobulin")),
    *(
        mark("adalimumab"),
        mark("etanercept"),
        mark("infliximab"),
        mark("golimumab"),
        mark("certolizumab pegol"),
    ),
    *(mark("tocilizumab"), mark("abatacept"), mark("rituximab"), mark("telitacicept"), mark("tofacitinib")),
    *(mark("baricitinib"), mark("upadacitinib"), mark("prednisone"), mark("prednisolone")),
    *(mark("methylprednisolone"), mark("placebo"), mark("auranofin"), mark("total glucosides of paeony")),
    mark("sinomenine"),
)
