"""Given names that are common in Belgium, folded; to notice that a file name may contain a person's name."""

from __future__ import annotations

_NAMES = """
aaron adam adil adriaan ahmed alain albert alex alexander alexandra ali alice amber amelie amina amira andre
andrea andreas andy angelique anita anja ann anna anne annelies annemie annick anouk anthony anton antoine
antonio arnaud arne arno arthur astrid audrey aurelie axel ayoub bart bas beatrice ben benjamin benoit bernard
bert bianca birgit bjorn bram brecht britt bruno camille carine carl carla caroline catherine cathy cedric
celine charlotte chloe chris christel christiaan christian christine christophe claire claude claudia corinne
cornelia daan daisy damien daniel danny david debby diana dieter dimitri dirk dominique dorien dries eddy
eddie edith eduard elena eline elise elke ellen els emilie emily emma emmanuel eric erik erika ester etienne
eva evelien evelyne evi evy ewald fabian fabienne fatima fatiha femke ferdinand filip finn fleur florence
florian francis franck francois francoise frank frans freddy frederic frederik fred freya geert gerard gerda
gert gilles gino glenn goedele greet gregory greta griet guido guillaume gunther guy hamza hanne hannah hannes
hans hassan hedwig heidi helena helene hendrik henk henri herman hilde hugo ibrahim ilse imane ines ingrid
inge isabel isabelle ismail ivan ivo jacqueline jacques jan jana janne jari jasmien jasmine jason jasper jean
jeanne jelle jeroen jerome jessica jessie jill joachim joan joanna joel johan johanna johnny jolien jonas
jonathan joost joren joris jos jose josef joseph joy joyce judith jules julia julie julien jurgen justine kaat
karel karen karim karin karine karl karolien kasper kathleen kathy katleen katrien katrijn kevin khadija kim
kobe koen kris kristel kristien kristof kurt lander lara lars laura laure laurence laurent leen lena lennert
leon leonie lien lies liesbet liesbeth lieselot lieve lieven lina linda lisa lise liselotte lode loic lore
lotte louis louise lowie luc lucas lucie ludo ludovic luna lut luuk lynn maarten magali maggy malika manon
manuel marc marcel margot maria mariam marianne marie marieke marijke marina mario marion mark marleen marlies
martha marthe martin martine maryam mathias mathieu mathijs mats matthias matthieu maud maurice max maxim
maxime mehdi melanie melissa merel michael michel michele michelle mieke miet mila milan miranda mohamed
mohammed monica monique mustapha mustafa myriam nadia nadine nancy naomi natalie natasja nathalie nathan nele
nick nico nicolas nicole niels nina noah noel noemie noor nora nour olivia olivier omar pablo pascal pascale
patricia patrick patrik paul paula pauline peggy peter petra philip philippe piet pieter pieterjan quinten
rachid rachida raf rafael rania raoul raphael rebecca renaat renaud rene renee ria richard rik rita robbe
robert robin roel roger roland romain roos rosa ruben rudi rudy ruth ruud sabine sabrina said salma sam
samantha samir samira samuel sandra sander sandrine sara sarah seppe serge severine shana shirley siebe
siegfried sien simon simone sofia sofie sonia sonja sophia sophie stan stef stefaan stefan stefanie steffi
stephane stephanie steve steven stijn sven sylvia sylvie tamara tania tanja tatiana tess tessa theo thibault
thibaut thierry thijs thomas thor tibo tijs tim timo tina tine tineke tobias tom tomas tommy toon tuur ursula
valerie vanessa vera veerle veronique victor vincent viktor vic virginie walter ward wendy werner wesley
willem willy wim wout wouter xander xavier yannick yasmina yasmine yassine yolande youssef yves yvette yvonne
zoe
"""

GIVEN_NAMES = frozenset(_NAMES.split())
